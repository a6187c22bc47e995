// Wrong on purpose: forgets the last step of k, which only sizes that no tile divides would show.

kernel void gemm(global const float *a, long at_a, global const float *b, long at_b,
    global float *c, long at_c, int m, int n, int k) {
  const int row = get_global_id(0);
  const int column = get_global_id(1);
  if (row >= m || column >= n) {
    return;
  }
  float sum = 0;
  for (int p = 0; p < (k > 16 ? k / 16 * 16 : k); p++) {
    sum += a[at_a + row * k + p] * b[at_b + p * n + column];
  }
  c[at_c + row * n + column] = sum;
}
