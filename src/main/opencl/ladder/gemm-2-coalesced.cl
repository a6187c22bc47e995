// Products, step 2: coalesced. The same loop as before; only who makes which element has changed.
//
// Neighbours in the first dimension now stand beside each other in the result. Those of a GPU run in
// step: they all read the same element of a, which is fetched once for all of them, and neighbouring
// elements of b, which come as whole lines. Two swapped numbers are worth a factor of several.
//
// Bound by reading still: an operation waits for four bytes of b, now from whole lines and often
// from a cache. On a processor there are no neighbours that run in step; what helps there, if the
// driver does it, is that work-items beside each other become the lanes of one vector.

kernel void gemm(global const float *a, long at_a, global const float *b, long at_b,
    global float *c, long at_c, int m, int n, int k) {
  const int column = get_global_id(0);
  const int row = get_global_id(1);
  if (row >= m || column >= n) {
    return;
  }
  a += at_a + (long) row * k;
  b += at_b + column;
  float sum = 0;
  for (int p = 0; p < k; p++) {
    sum = fma(a[p], b[(long) p * n], sum);
  }
  c[at_c + (long) row * n + column] = sum;
}
