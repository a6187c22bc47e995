// Softmax of rows, step 3: online (Milakov and Gimelshein, 2018).
//
// Maximum and sum in one pass. Whoever has the sum of exp(x - m) for the largest m so far and meets
// a larger m' need not begin again: the sum times exp(m - m') is the sum below m'. Two parts of a
// row join in the same way, so that the tree joins pairs. A row is read twice instead of three
// times. The same trick lets attention go over keys in tiles without knowing all scores.
//
// Bound by memory on a GPU, two reads and a write. It takes more exponentials than step 2 (a second
// one only where a new maximum was met), which is the dearer part on a processor.

#define GROUP_SIZE 128

kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void softmax(
    global const float *x, long at_x, global float *y, long at_y, int rows, int n) {
  local float maxima[GROUP_SIZE];
  local float sums[GROUP_SIZE];
  const int item = get_local_id(0);
  const long row = get_group_id(0);
  x += at_x + row * n;
  y += at_y + row * n;
  float largest = -INFINITY;
  float sum = 0;
  for (int i = item; i < n; i += GROUP_SIZE) {
    const float v = x[i];
    if (v > largest) {
      sum = sum * exp(largest - v) + 1;
      largest = v;
    } else {
      sum += exp(v - largest);
    }
  }
  maxima[item] = largest;
  sums[item] = sum;
  for (int half_size = GROUP_SIZE / 2; half_size > 0; half_size /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_size && sums[item + half_size] > 0) { // 0: it had no element of a short row
      const float m = fmax(maxima[item], maxima[item + half_size]);
      sums[item] = sums[item] * exp(maxima[item] - m)
          + sums[item + half_size] * exp(maxima[item + half_size] - m);
      maxima[item] = m;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  largest = maxima[0];
  const float scale = 1 / sums[0];
  for (int i = item; i < n; i += GROUP_SIZE) {
    y[i] = exp(x[i] - largest) * scale;
  }
}
