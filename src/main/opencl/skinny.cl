// Products of few rows, out = a b (+ out) with m <= 8: what decoding consists of. b is read once.
//
// dots: b's columns are contiguous (a weight [n, k] as it lies in memory). A group folds one column
// at a time: vectors of W along k, a sum for each of M rows, lanes and work-items folded in halves.
// rows: b's rows are contiguous. A work-item owns W neighbouring columns and walks down k.
//
// Bound by memory: b is as large as the model.

typedef PASTE(float, W) V;

static float lanes(V v) {
#if W == 16
  float8 a = v.lo + v.hi;
  float4 b = a.lo + a.hi;
#else
  float4 b = v;
#endif
  float2 c = b.lo + b.hi;
  return c.x + c.y;
}

kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void dots(global const float *a,
    long at_a, global const float *b, long at_b, global float *out, long at_out, int accumulate,
    uint n, uint k, uint columns, uint inner, uint4 sizes, long4 strides_a, long4 strides_b,
    long4 strides_out, long4 steps, long stride_a, long stride_b, long stride_m, long stride_n) {
  const uint item = get_local_id(0);
  const uint batch = get_group_id(1) / inner;
  const uint place = get_group_id(1) % inner;
  global const float *pa = a + at_a + row_start(batch, sizes, strides_a) + place * steps.x;
  global const float *pb = b + at_b + row_start(batch, sizes, strides_b) + place * steps.y;
  global float *to = out + at_out + row_start(batch, sizes, strides_out) + place * steps.z;
  const uint first = get_group_id(0) * columns;
  const uint whole = k / W * W;
#if ITEMS > 1
  local float shared[M][ITEMS];
#endif
  for (uint j = first; j < min(n, first + columns); j++) {
    global const float *column = pb + j * stride_b;
    V sum[M];
    float rest[M];
    UNROLL for (int i = 0; i < M; i++) {
      sum[i] = (V) 0;
      rest[i] = 0;
    }
    for (uint p = item * W; p < whole; p += ITEMS * W) {
      const V v = PASTE(vload, W)(0, column + p);
      UNROLL for (int i = 0; i < M; i++) {
        sum[i] = fma(PASTE(vload, W)(0, pa + i * stride_a + p), v, sum[i]);
      }
    }
    for (uint p = whole + item; p < k; p += ITEMS) {
      UNROLL for (int i = 0; i < M; i++) {
        rest[i] = fma(pa[i * stride_a + p], column[p], rest[i]);
      }
    }
    UNROLL for (int i = 0; i < M; i++) {
      float total = lanes(sum[i]) + rest[i];
#if ITEMS > 1
      shared[i][item] = total;
    }
    for (uint half_of = ITEMS / 2; half_of > 0; half_of /= 2) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (item < half_of) {
        UNROLL for (int i = 0; i < M; i++) {
          shared[i][item] += shared[i][item + half_of];
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = item; i < M; i += ITEMS) {
      const float total = shared[i][0];
#endif
      global float *p = to + i * stride_m + j * stride_n;
      *p = accumulate ? *p + total : total;
    }
#if ITEMS > 1
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
  }
}

kernel ONE_GROUP void rows(global const float *a, long at_a, global const float *b, long at_b,
    global float *out, long at_out, int accumulate, uint n, uint k, uint inner, uint4 sizes,
    long4 strides_a, long4 strides_b, long4 strides_out, long4 steps, long stride_a, long stride_ak,
    long stride_k, long stride_m, long stride_n) {
  const uint column = get_global_id(0) * W;
  if (column >= n) {
    return;
  }
  const uint batch = get_group_id(1) / inner;
  const uint place = get_group_id(1) % inner;
  global const float *pa = a + at_a + row_start(batch, sizes, strides_a) + place * steps.x;
  global const float *pb = b + at_b + row_start(batch, sizes, strides_b) + place * steps.y + column;
  global float *to =
      out + at_out + row_start(batch, sizes, strides_out) + place * steps.z + column * stride_n;
  V sum[M];
  UNROLL for (int i = 0; i < M; i++) {
    sum[i] = (V) 0;
  }
  const uint have = min((uint) W, n - column);
  for (uint p = 0; p < k; p++) {
    V v;
    if (have == W) {
      v = PASTE(vload, W)(0, pb + p * stride_k);
    } else {
      float part[W];
      for (uint t = 0; t < W; t++) {
        part[t] = t < have ? pb[p * stride_k + t] : 0;
      }
      v = PASTE(vload, W)(0, part);
    }
    UNROLL for (int i = 0; i < M; i++) {
      sum[i] = fma((V) pa[i * stride_a + p * stride_ak], v, sum[i]);
    }
  }
  UNROLL for (int i = 0; i < M; i++) {
    float part[W];
    PASTE(vstore, W)(sum[i], 0, part);
    global float *p = to + i * stride_m;
    for (uint t = 0; t < have; t++) {
      p[t * stride_n] = accumulate ? p[t * stride_n] + part[t] : part[t];
    }
  }
}
