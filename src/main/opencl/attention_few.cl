// Attention forward of few queries, which is what decoding consists of: the same sums as those of
// attention.cl, cut along the keys, since one query has no neighbours to share them with.
//
// A group has one query of one head and takes CHUNK keys at a time. First their scores: a work-item
// has a key. Then, with the largest of them and of all before, their weights; then the values, summed
// up with these: a work-item has W features of every SLICES-th key, and the slices are put together
// at the end. On a processor a group is one work-item, which has all of them. Bound by reading keys
// and values once.

#define VECTORS ((D + W - 1) / W)
#if ITEMS > 1
#define CHUNK ITEMS
#define SLICES (ITEMS / VECTORS)
#else
#define CHUNK 64
#endif

static float score_of(local const float *query, global const float *key) {
  F sum = (F) 0;
  for (uint i = 0; i < VECTORS; i++) {
    const uint at = i * W;
    sum = fma(PASTE(vload, W)(0, query + at), load_some(key + at, D - at, 0), sum);
  }
  return sum_lanes(sum);
}

kernel ROW_GROUP void forward_few(global const float *q, long at_q, global const float *k, long at_k,
    global const float *v, long at_v, global const float *sinks, long at_sinks, int has_sinks,
    global float *out, long at_out, global float *lse, long at_lse, global const int *ranges,
    long at_ranges, global const float *slopes, long at_slopes, int has_slopes, uint batches,
    uint heads, uint groups, uint times, uint keys, long4 strides_q, long4 strides_k,
    long4 strides_v, long4 strides_out, float scale, float cap) {
  local float query[VECTORS * W];
  local float weights[CHUNK];
  local float shared[ITEMS];
  const uint item = get_local_id(0);
  const uint t = get_group_id(0) % times;
  const uint h = get_group_id(0) / times % heads;
  const uint b = get_group_id(0) / times / heads;
  const uint g = h / (heads / groups);
  q += at_q + b * strides_q.x + h * strides_q.y + t * strides_q.z;
  k += at_k + b * strides_k.x + g * strides_k.y;
  v += at_v + b * strides_v.x + g * strides_v.y;
  out += at_out + b * strides_out.x + h * strides_out.y + t * strides_out.z;
  for (uint i = item; i < VECTORS * W; i += ITEMS) {
    query[i] = i < D ? q[i] : 0;
  }
  const int from = ranges[at_ranges + t];
  const int end = ranges[at_ranges + times + t];
  const int own = ranges[at_ranges + 2 * times + t];
  const float slope = has_slopes ? slopes[at_slopes + h] : 0;
  float most = has_sinks ? sinks[at_sinks + h] : -INFINITY;
  float total = has_sinks ? 1 : 0;
#if ITEMS > 1
  const uint feature = item % VECTORS * W;
  const uint slice = item / VECTORS;
  F sum = (F) 0;
#else
  F sum[VECTORS];
  for (uint i = 0; i < VECTORS; i++) {
    sum[i] = (F) 0;
  }
#endif
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int first = from; first < end; first += CHUNK) {
    const uint n = min(CHUNK, end - first);
    float top = -INFINITY;
    for (uint j = item; j < n; j += ITEMS) {
      float x = score_of(query, k + (first + j) * strides_k.z) * scale;
      x = cap > 0 ? cap * tanh(x / cap) : x;
      x -= slope * fabs((float) (own - (first + (int) j)));
      weights[j] = x;
      top = fmax(top, x);
    }
    top = fmax(most, max_group(top, shared));
    const float level = top == -INFINITY ? 0 : top;
    const float keep = exp(most - level);
    float part = 0;
    for (uint j = item; j < n; j += ITEMS) {
      weights[j] = exp(weights[j] - level);
      part += weights[j];
    }
    total = total * keep + sum_group(part, shared); // its barriers also show the weights to everyone
    most = top;
    global const float *rows = v + first * strides_v.z;
#if ITEMS > 1
    sum *= keep;
    if (slice < SLICES) {
      for (uint j = slice; j < n; j += SLICES) {
        sum = fma((F) weights[j], load_some(rows + j * strides_v.z + feature, D - feature, 0), sum);
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#else
    for (uint i = 0; i < VECTORS; i++) {
      F x = sum[i] * keep;
      for (uint j = 0; j < n; j++) {
        x = fma((F) weights[j], load_some(rows + j * strides_v.z + i * W, D - i * W, 0), x);
      }
      sum[i] = x;
    }
#endif
  }
  const float over = total == 0 ? 0 : 1 / total;
#if ITEMS > 1
  local F sums[ITEMS];
  sums[item] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (slice == 0) {
    for (uint i = 1; i < SLICES; i++) {
      sum += sums[i * VECTORS + item];
    }
    store_some(sum * over, out + feature, D - feature);
  }
#else
  for (uint i = 0; i < VECTORS; i++) {
    store_some(sum[i] * over, out + i * W, D - i * W);
  }
#endif
  if (item == 0) {
    lse[at_lse + get_group_id(0)] = total == 0 ? -INFINITY : most + log(total);
  }
}
