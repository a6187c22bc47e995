// Attention with online softmax (Dao, FlashAttention-2, 2023), forward and backward; the T x S matrix
// of scores is never stored. The width D of a head is a constant.
//
// A work-item has L queries of one head side by side: L = 16 lanes of vectors on a processor, one on
// a GPU, where neighbours have the neighbouring queries. Their features, their sums and their
// gradients stay with it; it walks over the keys that one of its queries sees, four at a time, whose
// numbers are the same for all lanes. So no product is ever summed across lanes. Backward walks twice:
// once with queries in lanes, for theirs, and once with keys in lanes, for theirs, so that nothing is
// atomic. Bound by the FMA units.

#if PROCESSOR
#define L 16
typedef float16 Q;
typedef int16 N;
#define AS_Q(n) convert_float16(n)
#else
#define L 1
typedef float Q;
typedef int N;
#define AS_Q(n) ((float) (n))
#endif

// Which keys a query sees, [first, end), and the key that stands where it stands: three numbers a
// query, one list behind the other.
#define FIRST(t) ranges[at_ranges + (t)]
#define END(t) ranges[at_ranges + times + (t)]
#define OWN(t) ranges[at_ranges + 2 * times + (t)]

// The lanes of rows [row, row + L) of a matrix at one column; zeros behind the last.
INLINED void lanes_of(Q *to, global const float *p, long stride, uint row, uint rows) {
#if PROCESSOR
  UNROLL for (uint d = 0; d < D; d++) {
    float part[L];
    for (uint i = 0; i < L; i++) {
      part[i] = row + i < rows ? p[(row + i) * stride + d] : 0;
    }
    to[d] = vload16(0, part);
  }
#else
  UNROLL for (uint d = 0; d < D; d++) {
    to[d] = p[row * stride + d];
  }
#endif
}

INLINED void write_lanes(const Q *from, Q scale, global float *p, long stride, uint row, uint rows) {
#if PROCESSOR
  UNROLL for (uint d = 0; d < D; d++) {
    float part[L];
    vstore16(from[d] * scale, 0, part);
    for (uint i = 0; i < L && row + i < rows; i++) {
      p[(row + i) * stride + d] = part[i];
    }
  }
#else
  UNROLL for (uint d = 0; d < D; d++) {
    p[row * stride + d] = from[d] * scale;
  }
#endif
}

static Q some_of(global const float *p, uint row, uint rows, float rest) {
#if PROCESSOR
  float part[L];
  for (uint i = 0; i < L; i++) {
    part[i] = row + i < rows ? p[row + i] : rest;
  }
  return vload16(0, part);
#else
  return p[row];
#endif
}

static N some_ranges(global const int *p, uint row, uint rows) {
#if PROCESSOR
  int part[L];
  for (uint i = 0; i < L; i++) {
    part[i] = row + i < rows ? p[row + i] : 0;
  }
  return vload16(0, part);
#else
  return p[row];
#endif
}

// Products of all lanes with one row.
INLINED Q product_of(const Q *x, global const float *row) {
  Q a = (Q) 0;
  Q b = (Q) 0;
  uint d = 0;
  UNROLL for (; d + 2 <= D; d += 2) {
    a = fma(x[d], (Q) row[d], a);
    b = fma(x[d + 1], (Q) row[d + 1], b);
  }
  for (; d < D; d++) {
    a = fma(x[d], (Q) row[d], a);
  }
  return a + b;
}

// Products with four rows at once: a lane's numbers are loaded once for all of them.
INLINED void products_of(const Q *x, global const float *p, long stride, Q *out) {
  Q a = (Q) 0;
  Q b = (Q) 0;
  Q c = (Q) 0;
  Q e = (Q) 0;
  UNROLL for (uint d = 0; d < D; d++) {
    const Q v = x[d];
    a = fma(v, (Q) p[d], a);
    b = fma(v, (Q) p[stride + d], b);
    c = fma(v, (Q) p[2 * stride + d], c);
    e = fma(v, (Q) p[3 * stride + d], e);
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = e;
}

static Q capped(Q score, float cap) {
  return cap > 0 ? cap * tanh(score / cap) : score;
}

#define LAYOUTS long4 strides_q, long4 strides_k, long4 strides_v
#define SIZES uint batches, uint heads, uint groups, uint times, uint keys

kernel ONE_GROUP void forward(global const float *q, long at_q, global const float *k, long at_k,
    global const float *v, long at_v, global const float *sinks, long at_sinks, int has_sinks,
    global float *out, long at_out, global float *lse, long at_lse, global const int *ranges,
    long at_ranges, global const float *slopes, long at_slopes, int has_slopes, SIZES, LAYOUTS,
    long4 strides_out, float scale, float cap) {
  const uint tiles = (times + L - 1) / L;
  const uint tile = get_global_id(0) % tiles;
  const uint h = get_global_id(0) / tiles % heads;
  const uint b = get_global_id(0) / tiles / heads;
  if (b >= batches) {
    return;
  }
  const uint g = h / (heads / groups);
  const uint t0 = tile * L;
  global const float *kp = k + at_k + b * strides_k.x + g * strides_k.y;
  global const float *vp = v + at_v + b * strides_v.x + g * strides_v.y;
  Q mine[D];
  Q sum[D];
  lanes_of(mine, q + at_q + b * strides_q.x + h * strides_q.y, strides_q.z, t0, times);
  UNROLL for (uint d = 0; d < D; d++) {
    sum[d] = (Q) 0;
  }
  const N first = some_ranges(ranges + at_ranges, t0, times);
  const N end = some_ranges(ranges + at_ranges + times, t0, times);
  const N own = some_ranges(ranges + at_ranges + 2 * times, t0, times);
  int from = keys;
  int to = 0;
  for (uint t = t0; t < min(times, t0 + L); t++) {
    if (END(t) > FIRST(t)) {
      from = min(from, FIRST(t));
      to = max(to, END(t));
    }
  }
  const float slope = has_slopes ? slopes[at_slopes + h] : 0;
  Q most = (Q) (has_sinks ? sinks[at_sinks + h] : -INFINITY);
  Q total = (Q) (has_sinks ? 1.0f : 0.0f);
  for (int s = from; s < to; s += 4) {
    Q p[4];
    const int n = min(4, to - s);
    if (n == 4) {
      products_of(mine, kp + s * strides_k.z, strides_k.z, p);
    } else {
      for (int j = 0; j < 4; j++) {
        p[j] = j < n ? product_of(mine, kp + (s + j) * strides_k.z) : (Q) 0;
      }
    }
    Q top = most;
    for (int j = 0; j < 4; j++) {
      const N at = (N) (s + j);
      Q x = capped(p[j] * scale, cap) - slope * fabs(AS_Q(own - at));
      x = at < first ? (Q) -INFINITY : x;
      x = at >= end ? (Q) -INFINITY : x;
      p[j] = x;
      top = fmax(top, x);
    }
    const Q level = top == (Q) -INFINITY ? (Q) 0 : top;
    const Q keep = exp(most - level);
    total *= keep;
    for (int j = 0; j < 4; j++) {
      p[j] = exp(p[j] - level);
      total += p[j];
    }
    most = top;
    global const float *row = vp + s * strides_v.z;
    if (n == 4) {
      UNROLL for (uint d = 0; d < D; d++) {
        Q a = sum[d] * keep;
        a = fma(p[0], (Q) row[d], a);
        a = fma(p[1], (Q) row[strides_v.z + d], a);
        a = fma(p[2], (Q) row[2 * strides_v.z + d], a);
        sum[d] = fma(p[3], (Q) row[3 * strides_v.z + d], a);
      }
    } else {
      UNROLL for (uint d = 0; d < D; d++) {
        Q a = sum[d] * keep;
        for (int j = 0; j < n; j++) {
          a = fma(p[j], (Q) row[j * strides_v.z + d], a);
        }
        sum[d] = a;
      }
    }
  }
  const Q over = total == (Q) 0 ? (Q) 0 : (Q) 1 / total;
  write_lanes(sum, over, out + at_out + b * strides_out.x + h * strides_out.y, strides_out.z, t0,
      times);
  const Q level = total == (Q) 0 ? (Q) -INFINITY : most + log(total);
  global float *to_lse = lse + at_lse + ((long) b * heads + h) * times;
#if PROCESSOR
  float part[L];
  vstore16(level, 0, part);
  for (uint i = 0; i < L && t0 + i < times; i++) {
    to_lse[t0 + i] = part[i];
  }
#else
  to_lse[t0] = level;
#endif
}

// Gradients of queries, and delta = sum of gOut out for the keys' kernel.
kernel ONE_GROUP void backward_queries(global const float *q, long at_q, global const float *k,
    long at_k, global const float *v, long at_v, global const float *out, long at_out,
    global const float *lse, long at_lse, global const float *g_out, long at_g_out,
    global float *gq, long at_gq, global float *deltas, long at_deltas, global const int *ranges,
    long at_ranges, global const float *slopes, long at_slopes, int has_slopes, SIZES, LAYOUTS,
    long4 strides_out, long4 strides_g, long4 strides_gq, float scale, float cap) {
  const uint tiles = (times + L - 1) / L;
  const uint tile = get_global_id(0) % tiles;
  const uint h = get_global_id(0) / tiles % heads;
  const uint b = get_global_id(0) / tiles / heads;
  if (b >= batches) {
    return;
  }
  const uint g = h / (heads / groups);
  const uint t0 = tile * L;
  global const float *kp = k + at_k + b * strides_k.x + g * strides_k.y;
  global const float *vp = v + at_v + b * strides_v.x + g * strides_v.y;
  Q mine[D];
  Q slope_out[D];
  Q sum[D];
  lanes_of(sum, out + at_out + b * strides_out.x + h * strides_out.y, strides_out.z, t0, times);
  lanes_of(slope_out, g_out + at_g_out + b * strides_g.x + h * strides_g.y, strides_g.z, t0, times);
  lanes_of(mine, q + at_q + b * strides_q.x + h * strides_q.y, strides_q.z, t0, times);
  Q delta = (Q) 0;
  UNROLL for (uint d = 0; d < D; d++) {
    delta = fma(slope_out[d], sum[d], delta);
    sum[d] = (Q) 0;
  }
  const long at_rows = ((long) b * heads + h) * times;
#if PROCESSOR
  float part[L];
  vstore16(delta, 0, part);
  for (uint i = 0; i < L && t0 + i < times; i++) {
    deltas[at_deltas + at_rows + t0 + i] = part[i];
  }
#else
  deltas[at_deltas + at_rows + t0] = delta;
#endif
  const Q level = some_of(lse + at_lse + at_rows, t0, times, 0);
  const N first = some_ranges(ranges + at_ranges, t0, times);
  const N end = some_ranges(ranges + at_ranges + times, t0, times);
  const N own = some_ranges(ranges + at_ranges + 2 * times, t0, times);
  int from = keys;
  int to = 0;
  for (uint t = t0; t < min(times, t0 + L); t++) {
    if (END(t) > FIRST(t)) {
      from = min(from, FIRST(t));
      to = max(to, END(t));
    }
  }
  const float slope = has_slopes ? slopes[at_slopes + h] : 0;
  for (int s = from; s < to; s += 4) {
    Q p[4];
    Q gp[4];
    const int n = min(4, to - s);
    if (n == 4) {
      products_of(mine, kp + s * strides_k.z, strides_k.z, p);
      products_of(slope_out, vp + s * strides_v.z, strides_v.z, gp);
    } else {
      for (int j = 0; j < 4; j++) {
        p[j] = j < n ? product_of(mine, kp + (s + j) * strides_k.z) : (Q) 0;
        gp[j] = j < n ? product_of(slope_out, vp + (s + j) * strides_v.z) : (Q) 0;
      }
    }
    for (int j = 0; j < 4; j++) {
      const N at = (N) (s + j);
      const Q y = capped(p[j] * scale, cap);
      Q x = exp(y - slope * fabs(AS_Q(own - at)) - level);
      x = at < first ? (Q) 0 : x;
      x = at >= end ? (Q) 0 : x;
      Q gs = x * (gp[j] - delta) * scale;
      p[j] = cap > 0 ? gs * ((Q) 1 - (y / cap) * (y / cap)) : gs;
    }
    global const float *row = kp + s * strides_k.z;
    UNROLL for (uint d = 0; d < D; d++) {
      Q a = sum[d];
      if (n == 4) {
        a = fma(p[0], (Q) row[d], a);
        a = fma(p[1], (Q) row[strides_k.z + d], a);
        a = fma(p[2], (Q) row[2 * strides_k.z + d], a);
        a = fma(p[3], (Q) row[3 * strides_k.z + d], a);
      } else {
        for (int j = 0; j < n; j++) {
          a = fma(p[j], (Q) row[j * strides_k.z + d], a);
        }
      }
      sum[d] = a;
    }
  }
  write_lanes(sum, (Q) 1, gq + at_gq + b * strides_gq.x + h * strides_gq.y, strides_gq.z, t0, times);
}

// Gradients of keys and values, keys in lanes.
kernel ONE_GROUP void backward_keys(global const float *q, long at_q, global const float *k,
    long at_k, global const float *v, long at_v, global const float *lse, long at_lse,
    global const float *g_out, long at_g_out, global const float *deltas, long at_deltas,
    global float *gk, long at_gk, global float *gv, long at_gv, global const int *ranges,
    long at_ranges, global const float *slopes, long at_slopes, int has_slopes, SIZES, LAYOUTS,
    long4 strides_g, long4 strides_gk, long4 strides_gv, float scale, float cap) {
  const uint tiles = (keys + L - 1) / L;
  const uint tile = get_global_id(0) % tiles;
  const uint g = get_global_id(0) / tiles % groups;
  const uint b = get_global_id(0) / tiles / groups;
  if (b >= batches) {
    return;
  }
  const int s0 = tile * L;
  Q mine[D];
  Q value[D];
  Q sum_k[D];
  Q sum_v[D];
  lanes_of(mine, k + at_k + b * strides_k.x + g * strides_k.y, strides_k.z, s0, keys);
  lanes_of(value, v + at_v + b * strides_v.x + g * strides_v.y, strides_v.z, s0, keys);
  UNROLL for (uint d = 0; d < D; d++) {
    sum_k[d] = (Q) 0;
    sum_v[d] = (Q) 0;
  }
#if PROCESSOR
  const N at = (N) s0 + (N)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
  const N at = s0;
#endif
  const uint of_group = heads / groups;
  for (uint h = g * of_group; h < (g + 1) * of_group; h++) {
    const float slope = has_slopes ? slopes[at_slopes + h] : 0;
    global const float *qp = q + at_q + b * strides_q.x + h * strides_q.y;
    global const float *gp = g_out + at_g_out + b * strides_g.x + h * strides_g.y;
    const long at_rows = ((long) b * heads + h) * times;
    for (uint t = 0; t < times; t++) {
      const int first = FIRST(t);
      const int end = END(t);
      if (end <= s0 || first >= s0 + L) {
        continue;
      }
      global const float *query = qp + t * strides_q.z;
      global const float *slope_out = gp + t * strides_g.z;
      const Q y = capped(product_of(mine, query) * scale, cap);
      Q p = exp(y - slope * fabs(AS_Q((N) OWN(t) - at)) - lse[at_lse + at_rows + t]);
      p = at < (N) first ? (Q) 0 : p;
      p = at >= (N) end ? (Q) 0 : p;
      Q gs = p * (product_of(value, slope_out) - deltas[at_deltas + at_rows + t]) * scale;
      gs = cap > 0 ? gs * ((Q) 1 - (y / cap) * (y / cap)) : gs;
      UNROLL for (uint d = 0; d < D; d++) {
        sum_k[d] = fma(gs, (Q) query[d], sum_k[d]);
        sum_v[d] = fma(p, (Q) slope_out[d], sum_v[d]);
      }
    }
  }
  write_lanes(sum_k, (Q) 1, gk + at_gk + b * strides_gk.x + g * strides_gk.y, strides_gk.z, s0, keys);
  write_lanes(sum_v, (Q) 1, gv + at_gv + b * strides_gv.x + g * strides_gv.y, strides_gv.z, s0, keys);
}

// A sink has no value: its gradient is minus its share of every delta. A work-item a head.
kernel ONE_GROUP void backward_sinks(global const float *sinks, long at_sinks,
    global const float *lse, long at_lse, global const float *deltas, long at_deltas,
    global float *g_sinks, long at_g_sinks, uint batches, uint heads, uint times) {
  const uint h = get_global_id(0);
  if (h >= heads) {
    return;
  }
  const float sink = sinks[at_sinks + h];
  wide sum = 0;
  for (uint b = 0; b < batches; b++) {
    const long rows = ((long) b * heads + h) * times;
    for (uint t = 0; t < times; t++) {
      sum -= exp(sink - lse[at_lse + rows + t]) * deltas[at_deltas + rows + t];
    }
  }
  g_sinks[at_g_sinks + h] = (float) sum;
}
