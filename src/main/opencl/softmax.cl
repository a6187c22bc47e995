// Softmax of rows and its logarithm, forward and backward, and log-sum-exp. A group takes a row at a
// time, goes over it for its maximum and for the sum of exponentials, and once more to write. Rows
// of x may lie anywhere; what is written is contiguous. Bound by memory on a GPU, by exponentials on
// a processor.

#define X_ROW(row) (x + at_x + row_start(row / inner, sizes, strides) + (row % inner) * steps.x)

static float row_max(global const float *p, uint d, local float *shared) {
  F most = (F) -INFINITY;
  F odd = (F) 0; // becomes NaN with an element that is NaN, which no maximum shows
  FOR_ROW(i, d) {
    const F v = load_some(p + i, d - i, -INFINITY);
    most = fmax(most, v);
    odd = v != v ? v : odd;
  }
  const float found = sum_group(sum_lanes(odd), shared);
  const float m = max_group(max_lanes(most), shared);
  return found != found ? found : m;
}

static float row_sum(global const float *p, uint d, float most, local float *shared) {
  F sum = (F) 0;
  FOR_ROW(i, d) {
    sum += exp(load_some(p + i, d - i, -INFINITY) - most);
  }
  return sum_group(sum_lanes(sum), shared);
}

kernel ROW_GROUP void forward(global const float *x, long at_x, global float *out, long at_out,
    int logarithm, uint rows, uint d, uint of_group, uint inner, uint4 sizes, long4 strides,
    long2 steps) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    global const float *p = X_ROW(row);
    global float *q = out + at_out + (long) row * d;
    const float most = row_max(p, d, shared);
#if ITEMS == 1
    if (!logarithm) { // exponentials are kept where they end
      F sum = (F) 0;
      FOR_ROW(i, d) {
        const F e = exp(load_some(p + i, d - i, -INFINITY) - most);
        store_some(e, q + i, d - i);
        sum += e;
      }
      const float scale = 1 / sum_lanes(sum);
      FOR_ROW(i, d) {
        store_some(load_some(q + i, d - i, 0) * scale, q + i, d - i);
      }
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
