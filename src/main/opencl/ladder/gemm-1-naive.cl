// Products, step 1: naive. c = a b, [m, k] [k, n], rows one after the other in memory.
//
// A work-item makes one element of the result: it goes along a row of a and down a column of b, as
// the definition says. Neighbours in the first dimension stand below each other in the result.
//
// Bound by memory, twice over. Every element of a and b is read from there for each of its n (or m)
// uses: 8 bytes for two operations. And neighbours that step together read places of a and write
// places of c that are a row apart, so that of every line of memory that comes, one number is used.

kernel void gemm(global const float *a, long at_a, global const float *b, long at_b,
    global float *c, long at_c, int m, int n, int k) {
  const int row = get_global_id(0);
  const int column = get_global_id(1);
  if (row >= m || column >= n) { // the last groups stand over the edge
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
