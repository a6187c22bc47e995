// Normalisation of rows: RMS and layer norm, forward and backward, alone or behind a residual sum.
// A group takes a row at a time (on a processor a work-item, on a GPU all of its work-items), which
// it reads twice, the second time from its cache. Rows are contiguous. Bound by memory.
//
// The gradients of weight and bias are sums over rows: `weight_back` sums segments of rows, a
// work-item W columns, and fold.cl the segments.

kernel ROW_GROUP void rms_forward(global const float *x, long at_x, global const float *residual,
    long at_residual, int has_residual, global const float *weight, long at_weight, int has_weight,
    global float *sum, long at_sum, global float *out, long at_out, global float *reciprocal,
    long at_reciprocal, uint rows, uint d, uint of_group, float eps) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    const long at = (long) row * d;
    F squares = (F) 0;
    FOR_ROW(i, d) {
      const uint n = d - i;
      F h = load_some(x + at_x + at + i, n, 0);
      if (has_residual) {
        h += load_some(residual + at_residual + at + i, n, 0);
        store_some(h, sum + at_sum + at + i, n);
      }
      squares = fma(h, h, squares);
    }
    const float r = 1 / sqrt(sum_group(sum_lanes(squares), shared) / d + eps);
    if (get_local_id(0) == 0) {
      reciprocal[at_reciprocal + row] = r;
    }
    global const float *h = has_residual ? sum + at_sum + at : x + at_x + at;
    FOR_ROW(i, d) {
      const uint n = d - i;
      F y = load_some(h + i, n, 0) * r;
      if (has_weight) {
        y *= load_some(weight + at_weight + i, n, 0);
      }
      store_some(y, out + at_out + at + i, n);
    }
  }
}

kernel ROW_GROUP void layer_forward(global const float *x, long at_x, global const float *residual,
    long at_residual, int has_residual, global const float *weight, long at_weight, int has_weight,
    global const float *bias, long at_bias, int has_bias, global float *sum, long at_sum,
    global float *out, long at_out, global float *means, long at_means, global float *reciprocal,
    long at_reciprocal, uint rows, uint d, uint of_group, float eps) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    const long at = (long) row * d;
    F total = (F) 0;
    FOR_ROW(i, d) {
      const uint n = d - i;
      F h = load_some(x + at_x + at + i, n, 0);
      if (has_residual) {
        h += load_some(residual + at_residual + at + i, n, 0);
        store_some(h, sum + at_sum + at + i, n);
      }
      total += h;
    }
    const float mean = sum_group(sum_lanes(total), shared) / d;
    global const float *h = has_residual ? sum + at_sum + at : x + at_x + at;
    F squares = (F) 0;
    FOR_ROW(i, d) {
      const F v = load_some(h + i, d - i, mean) - mean;
      squares = fma(v, v, squares);
    }
    const float r = 1 / sqrt(sum_group(sum_lanes(squares), shared) / d + eps);
    if (get_local_id(0) == 0) {
      means[at_means + row] = mean;
      reciprocal[at_reciprocal + row] = r;
    }
    FOR_ROW(i, d) {
      const uint n = d - i;
      F y = (load_some(h + i, n, 0) - mean) * r;
      if (has_weight) {
        y *= load_some(weight + at_weight + i, n, 0);
      }
      if (has_bias) {
        y += load_some(bias + at_bias + i, n, 0);
      }
      store_some(y, out + at_out + at + i, n);
    }
  }
}

// With n = (h - mean) r and g = gy weight: gh = r (g - mean(g) - n mean(g n)); the means of h and g
// are left out for RMS (`centred` 0).
kernel ROW_GROUP void backward(int centred, global const float *h, long at_h,
    global const float *weight, long at_weight, int has_weight, global const float *means,
    long at_means, global const float *reciprocal, long at_reciprocal, global const float *gy,
    long at_gy, global const float *further, long at_further, int has_further, global float *gh,
    long at_gh, uint rows, uint d, uint of_group) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    const long at = (long) row * d;
    const float r = reciprocal[at_reciprocal + row];
    const float mean = centred ? means[at_means + row] : 0;
    F sums = (F) 0;
    F products = (F) 0;
    FOR_ROW(i, d) {
      const uint some = d - i;
      F g = load_some(gy + at_gy + at + i, some, 0);
      if (has_weight) {
        g *= load_some(weight + at_weight + i, some, 0);
      }
      const F n = (load_some(h + at_h + at + i, some, 0) - mean) * r;
      sums += g;
      products = fma(g, n, products);
    }
    const float mean_g = centred ? sum_group(sum_lanes(sums), shared) / d : 0;
    const float mean_gn = sum_group(sum_lanes(products), shared) / d;
    FOR_ROW(i, d) {
      const uint some = d - i;
      F g = load_some(gy + at_gy + at + i, some, 0);
      if (has_weight) {
        g *= load_some(weight + at_weight + i, some, 0);
      }
      const F n = (load_some(h + at_h + at + i, some, 0) - mean) * r;
      F y = r * (g - mean_g - n * mean_gn);
      if (has_further) {
        y += load_some(further + at_further + at + i, some, 0);
      }
      store_some(y, gh + at_gh + at + i, some);
    }
  }
}

// Sums of gy n and of gy over a segment of rows.
kernel ONE_GROUP void weight_back(int centred, global const float *h, long at_h,
    global const float *means, long at_means, global const float *reciprocal, long at_reciprocal,
    global const float *gy, long at_gy, global float *partial, long at_partial,
    global float *partial_bias, long at_partial_bias, int has_bias, uint rows, uint d,
    uint segment) {
  const uint vectors = (d + W - 1) / W;
  const uint column = get_global_id(0) % vectors * W;
  const uint part = get_global_id(0) / vectors;
  const uint some = d - column;
  if (part * segment >= rows) {
    return;
  }
  F products = (F) 0;
  F sums = (F) 0;
  for (uint row = part * segment; row < min(rows, (part + 1) * segment); row++) {
    const long i = (long) row * d + column;
    const float r = reciprocal[at_reciprocal + row];
    const float mean = centred ? means[at_means + row] : 0;
    const F g = load_some(gy + at_gy + i, some, 0);
    products += g * ((load_some(h + at_h + i, some, 0) - mean) * r);
    sums += g;
  }
  store_some(products, partial + at_partial + (long) part * d + column, some);
  if (has_bias) {
    store_some(sums, partial_bias + at_partial_bias + (long) part * d + column, some);
  }
}
