// Softmax of rows and its logarithm, forward and backward, log-sum-exp, and softmax of columns. A
// group takes a row at a time, goes over it for its maximum and for the sum of exponentials, and once
// more to write; on a processor exponentials are kept where they end, and only scaled. Rows of x may
// lie anywhere; what is written is contiguous. Bound by memory on a GPU, by exponentials on a
// processor. The whole vectors of a row go first, so that none is asked whether it is whole; a
// comparison is one instruction where fmax, which knows about NaN, is several. NaN needs no care: it
// makes the sum NaN, and that the whole row.

#define X_ROW(row) (x + at_x + row_start(row / inner, sizes, strides) + (row % inner) * steps.x)

// The whole vectors of a work-item; then i is where the row's end is, or behind it.
#define WHOLE(i, d) for (; i + W <= (d); i += ITEMS * W)

static float row_max(global const float *p, uint d, local float *shared) {
  F most = (F) -INFINITY;
  uint i = get_local_id(0) * W;
  WHOLE(i, d) {
    const F v = load_f(p + i);
    most = v > most ? v : most;
  }
  if (i < d) {
    const F v = load_end(p + i, d - i, -INFINITY);
    most = v > most ? v : most;
  }
  return max_group(max_lanes(most), shared);
}

static float row_sum(global const float *p, uint d, float most, local float *shared) {
  F sum = (F) 0;
  uint i = get_local_id(0) * W;
  WHOLE(i, d) {
    sum += exp(load_f(p + i) - most);
  }
  if (i < d) {
    sum += exp(load_end(p + i, d - i, -INFINITY) - most);
  }
  return sum_group(sum_lanes(sum), shared);
}

#if ITEMS == 1
static void keep_exponentials(global const float *p, global float *q, uint d, float most) {
  F sum = (F) 0;
  uint i = 0;
  WHOLE(i, d) {
    const F e = exp(load_f(p + i) - most);
    store_f(e, q + i);
    sum += e;
  }
  if (i < d) {
    const F e = exp(load_end(p + i, d - i, -INFINITY) - most);
    store_end(e, q + i, d - i);
    sum += e;
  }
  const float scale = 1 / sum_lanes(sum);
  i = 0;
  WHOLE(i, d) {
    store_f(load_f(q + i) * scale, q + i);
  }
  for (; i < d; i++) {
    q[i] *= scale;
  }
}
#endif

kernel ROW_GROUP void forward(global const float *x, long at_x, global float *out, long at_out,
    int logarithm, uint rows, uint d, uint of_group, uint inner, uint4 sizes, long4 strides,
    long2 steps) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    global const float *p = X_ROW(row);
    global float *q = out + at_out + (long) row * d;
    const float most = row_max(p, d, shared);
#if ITEMS == 1
    if (!logarithm) {
      keep_exponentials(p, q, d, most);
      continue;
    }
#endif
    const float sum = row_sum(p, d, most, shared);
    const float scale = 1 / sum;
    const float shift = log(sum);
    FOR_ROW(i, d) {
      const F v = load_some(p + i, d - i, 0) - most;
      store_some(logarithm ? v - shift : exp(v) * scale, q + i, d - i);
    }
  }
}

// Along the middle axis of [outer, d, inner]: a work-item takes W neighbouring columns.
kernel ROW_GROUP void columns(global const float *x, long at_x, global float *out, long at_out,
    int logarithm, uint units, uint d, uint inner) {
  const uint vectors = (inner + W - 1) / W;
  const uint unit = get_global_id(0);
  if (unit >= units) {
    return;
  }
  const uint column = unit % vectors * W;
  const uint some = inner - column;
  const ulong first = (ulong) (unit / vectors) * d * inner + column;
  global const float *p = x + at_x + first;
  global float *q = out + at_out + first;
  F most = (F) -INFINITY;
  for (uint i = 0; i < d; i++) {
    const F v = load_some(p + (ulong) i * inner, some, 0);
    most = v > most ? v : most;
  }
  F sum = (F) 0;
  for (uint i = 0; i < d; i++) {
    const F e = exp(load_some(p + (ulong) i * inner, some, 0) - most);
#if PROCESSOR
    store_some(e, q + (ulong) i * inner, some);
#endif
    sum += e;
  }
  const F scale = 1 / sum;
  const F shift = log(sum);
  for (uint i = 0; i < d; i++) {
#if PROCESSOR
    if (!logarithm) {
      store_some(load_some(q + (ulong) i * inner, some, 0) * scale, q + (ulong) i * inner, some);
      continue;
    }
#endif
    const F v = load_some(p + (ulong) i * inner, some, 0) - most;
    store_some(logarithm ? v - shift : exp(v) * scale, q + (ulong) i * inner, some);
  }
}

kernel ROW_GROUP void backward(global const float *y, long at_y, global const float *gy,
    long at_gy, global float *gx, long at_gx, int logarithm, uint rows, uint d, uint of_group) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    const long at = (long) row * d;
    F sum = (F) 0;
    FOR_ROW(i, d) {
      const F g = load_some(gy + at_gy + at + i, d - i, 0);
      sum += logarithm ? g : g * load_some(y + at_y + at + i, d - i, 0);
    }
    const float total = sum_group(sum_lanes(sum), shared);
    FOR_ROW(i, d) {
      const F g = load_some(gy + at_gy + at + i, d - i, 0);
      const F v = load_some(y + at_y + at + i, d - i, 0);
      store_some(logarithm ? g - exp(v) * total : v * (g - total), gx + at_gx + at + i, d - i);
    }
  }
}

kernel ROW_GROUP void log_sum_exp(global const float *x, long at_x, global float *out, long at_out,
    int unused, uint rows, uint d, uint of_group, uint inner, uint4 sizes, long4 strides,
    long2 steps) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    global const float *p = X_ROW(row);
    const float most = row_max(p, d, shared);
    const float shift = isinf(most) ? 0 : most;
    const float sum = row_sum(p, d, shift, shared);
    if (get_local_id(0) == 0) {
      out[at_out + row] = shift + log(sum);
    }
  }
}

kernel ROW_GROUP void moments(global const float *x, long at_x, global float *mean, long at_mean,
    global float *squares, long at_squares, uint rows, uint d, uint of_group, uint inner,
    uint4 sizes, long4 strides, long2 steps) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    global const float *p = X_ROW(row);
    F sum = (F) 0;
    FOR_ROW(i, d) {
      sum += load_some(p + i, d - i, 0);
    }
    const float m = sum_group(sum_lanes(sum), shared) / d;
    F total = (F) 0;
    FOR_ROW(i, d) {
      const F v = load_some(p + i, d - i, m) - m;
      total = fma(v, v, total);
    }
    const float all = sum_group(sum_lanes(total), shared);
    if (get_local_id(0) == 0) {
      mean[at_mean + row] = m;
      squares[at_squares + row] = all;
    }
  }
}
