// Softmax of rows, step 1: three passes. y = exp(x - max x) / sum exp(x - max x), [rows, n].
//
// A work-item does a row: it looks for the largest number, adds up the exponentials, and writes
// their shares. The largest is taken off first because exp(89) is more than a float can hold; the
// result is the same.
//
// Bound by memory: a row is read three times and written once, by neighbours that stand a row apart,
// so that of every line of memory that comes, one number is used. Exponentials are computed twice.

kernel void softmax(global const float *x, long at_x, global float *y, long at_y, int rows, int n) {
  const int row = get_global_id(0);
  if (row >= rows) {
    return;
  }
  x += at_x + (long) row * n;
  y += at_y + (long) row * n;
  float largest = -INFINITY;
  for (int i = 0; i < n; i++) {
    largest = fmax(largest, x[i]);
  }
  float sum = 0;
  for (int i = 0; i < n; i++) {
    sum += exp(x[i] - largest);
  }
  for (int i = 0; i < n; i++) {
    y[i] = exp(x[i] - largest) / sum;
  }
}
