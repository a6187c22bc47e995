// Softmax of rows, step 5: the form for processors.
//
// A work-item does a whole row, as in step 1, in vectors of 16. A row of some thousand numbers stays
// in the first caches, so that reading it again costs little, while an exponential costs much: it is
// computed once and written, and the last pass only scales what was written.
//
// Bound by the exponentials: one for an element, where steps 1 and 2 compute two.

kernel __attribute__((reqd_work_group_size(1, 1, 1))) void softmax(
    global const float *x, long at_x, global float *y, long at_y, int rows, int n) {
  const long row = get_global_id(0);
  const int vectors = n / 16;
  x += at_x + row * n;
  y += at_y + row * n;
  float16 all = (float16) -INFINITY;
  for (int i = 0; i < vectors; i++) {
    all = fmax(all, vload16(i, x));
  }
  const float8 eight = fmax(all.lo, all.hi);
  const float4 four = fmax(eight.lo, eight.hi);
  float largest = fmax(fmax(four.x, four.y), fmax(four.z, four.w));
  for (int i = vectors * 16; i < n; i++) {
    largest = fmax(largest, x[i]);
  }
  float16 sums = (float16) 0;
  for (int i = 0; i < vectors; i++) {
    const float16 e = exp(vload16(i, x) - largest);
    vstore16(e, i, y);
    sums += e;
  }
  const float8 sum8 = sums.lo + sums.hi;
  const float4 sum4 = sum8.lo + sum8.hi;
  float sum = (sum4.x + sum4.y) + (sum4.z + sum4.w);
  for (int i = vectors * 16; i < n; i++) {
    y[i] = exp(x[i] - largest);
    sum += y[i];
  }
  const float scale = 1 / sum;
  for (int i = 0; i < vectors; i++) {
    vstore16(vload16(i, y) * scale, i, y);
  }
  for (int i = vectors * 16; i < n; i++) {
    y[i] *= scale;
  }
}
