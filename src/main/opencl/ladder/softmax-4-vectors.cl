// Softmax of rows, step 4: vectors.
//
// As step 3, but a work-item reads four neighbours at once: a quarter of the loads and of the loop's
// own instructions. Its maximum is one for all four lanes, so that a new maximum costs one
// exponential and not four.
//
// Bound by memory. What would be left on a GPU is to keep short rows in registers between the
// passes, and to let several short rows share a group.

#define GROUP_SIZE 128

kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void softmax(
    global const float *x, long at_x, global float *y, long at_y, int rows, int n) {
  local float maxima[GROUP_SIZE];
  local float sums[GROUP_SIZE];
  const int item = get_local_id(0);
  const long row = get_group_id(0);
  const int fours = n / 4;
  x += at_x + row * n;
  y += at_y + row * n;
  float largest = -INFINITY;
  float sum = 0;
  for (int i = item; i < fours; i += GROUP_SIZE) {
    const float4 v = vload4(i, x);
    const float m = fmax(fmax(v.x, v.y), fmax(v.z, v.w));
    if (m > largest) {
      sum *= exp(largest - m);
      largest = m;
    }
    const float4 e = exp(v - largest);
    sum += (e.x + e.y) + (e.z + e.w);
  }
  const int last = fours * 4 + item; // at most three are left
  if (last < n) {
    const float v = x[last];
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
    if (item < half_size && sums[item + half_size] > 0) {
      const float m = fmax(maxima[item], maxima[item + half_size]);
      sums[item] = sums[item] * exp(maxima[item] - m)
          + sums[item + half_size] * exp(maxima[item + half_size] - m);
      maxima[item] = m;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  largest = maxima[0];
  const float scale = 1 / sums[0];
  for (int i = item; i < fours; i += GROUP_SIZE) {
    vstore4(exp(vload4(i, x) - largest) * scale, i, y);
  }
  if (last < n) {
    y[last] = exp(x[last] - largest) * scale;
  }
}
