// AdamW (Loshchilov and Hutter, 2019) of one tensor in place, and sums of squares of many tensors.
// Operands are contiguous. Bound by memory: AdamW reads four and writes three tensors.

kernel ONE_GROUP void adamw(global float *p, long at_p, global const float *g, long at_g,
    global float *m, long at_m, global float *v, long at_v, uint n, uint count,
    global const wide *gradient_scale, long at_scale, float beta1, float beta2, float eps, float keep, float rate, float correction1,
    float correction2) {
  const float scale = (float) gradient_scale[at_scale];
  const uint first = get_global_id(0) * count;
  const uint vectors = (n + W - 1) / W;
  for (uint k = first; k < min(vectors, first + count); k++) {
    const uint i = k * W;
    const uint some = n - i;
    const F gradient = load_some(g + at_g + i, some, 0) * scale;
    F mean = load_some(m + at_m + i, some, 0);
    F square = load_some(v + at_v + i, some, 0);
    mean = mean * beta1 + gradient * (1 - beta1);
    square = square * beta2 + gradient * gradient * (1 - beta2);
    store_some(mean, m + at_m + i, some);
    store_some(square, v + at_v + i, some);
    const F root = sqrt(square / correction2) + eps;
    const F old = load_some(p + at_p + i, some, 0);
    store_some(old * keep - rate * (mean / correction1 / root), p + at_p + i, some);
  }
}

// A segment of a tensor to one partial sum.
kernel ROW_GROUP void squares(global const float *x, long at_x, global wide *partial,
    long at_partial, uint n, uint segment) {
  local float shared[ITEMS];
  const uint first = get_group_id(0) * segment;
  const uint d = min(segment, n - first);
  F sum = (F) 0;
  FOR_ROW(i, d) {
    const F v = load_some(x + at_x + first + i, d - i, 0);
    sum = fma(v, v, sum);
  }
  const float total = sum_group(sum_lanes(sum), shared);
  if (get_local_id(0) == 0) {
    partial[at_partial + get_group_id(0)] = total;
  }
}
