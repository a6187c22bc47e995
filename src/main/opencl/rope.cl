// Rotary position embedding: pairs of features turn by an angle of their position. A work-item does
// one row of one head; x may lie anywhere with contiguous rows. Bound by memory.

kernel ONE_GROUP void rotate_rows(global const float *x, long at_x, global const float *cosines,
    long at_cos, global const float *sines, long at_sin, global float *out, long at_out,
    int interleaved, int inverse, uint rows, uint t, uint d, uint half_of, uint rows_of_item,
    uint inner, uint4 sizes, long4 strides_x, long4 strides_out, long2 steps, long stride_x,
    long stride_out) {
  // t positions inside of every one of the walk's places
  const uint first = get_global_id(0) * rows_of_item;
  for (uint row = first; row < min(rows, first + rows_of_item); row++) {
    const uint time = row % t;
    const uint place = row / t;
    global const float *p = x + at_x + row_start(place / inner, sizes, strides_x)
        + (place % inner) * steps.x + time * stride_x;
    global float *q = out + at_out + row_start(place / inner, sizes, strides_out)
        + (place % inner) * steps.y + time * stride_out;
    global const float *c = cosines + at_cos + (long) time * half_of;
    global const float *s = sines + at_sin + (long) time * half_of;
    uint k = 0;
    if (!interleaved) {
      for (; k + W <= half_of; k += W) {
        const F co = load_f(c + k);
        const F si = inverse ? -load_f(s + k) : load_f(s + k);
        const F a = load_f(p + k);
        const F b = load_f(p + half_of + k);
        store_f(a * co - b * si, q + k);
        store_f(b * co + a * si, q + half_of + k);
      }
    }
    for (; k < half_of; k++) {
      const uint i = interleaved ? 2 * k : k;
      const uint j = interleaved ? 2 * k + 1 : half_of + k;
      const float co = c[k];
      const float si = inverse ? -s[k] : s[k];
      const float a = p[i];
      const float b = p[j];
      q[i] = a * co - b * si;
      q[j] = b * co + a * si;
    }
    for (uint i = 2 * half_of; i < d; i++) {
      q[i] = p[i];
    }
  }
}
