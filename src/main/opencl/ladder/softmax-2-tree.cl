// Softmax of rows, step 2: a group for a row, and a tree.
//
// 128 work-items share a row: neighbours read neighbours, so that whole lines of memory are used.
// Each has a maximum and a sum of its own part; these meet in local memory, in halves: 64 take the
// numbers of the other 64, then 32 those of 32 ... seven steps instead of 127, and in an order that
// does not depend on who was first, so that every run gives the same bits.
//
// Bound by memory: a row is still read three times, the second and third time often from a cache. On
// a processor every barrier costs the driver a loop over the work-items of a group.

#define GROUP_SIZE 128

static float largest_of(local float *all, int item) {
  for (int half_size = GROUP_SIZE / 2; half_size > 0; half_size /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_size) {
      all[item] = fmax(all[item], all[item + half_size]);
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return all[0];
}

static float sum_of(local float *all, int item) {
  for (int half_size = GROUP_SIZE / 2; half_size > 0; half_size /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_size) {
      all[item] += all[item + half_size];
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return all[0];
}

kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void softmax(
    global const float *x, long at_x, global float *y, long at_y, int rows, int n) {
  local float all[GROUP_SIZE];
  const int item = get_local_id(0);
  const long row = get_group_id(0);
  x += at_x + row * n;
  y += at_y + row * n;
  float mine = -INFINITY;
  for (int i = item; i < n; i += GROUP_SIZE) {
    mine = fmax(mine, x[i]);
  }
  all[item] = mine;
  const float largest = largest_of(all, item);
  barrier(CLK_LOCAL_MEM_FENCE); // all have read it before anybody writes there again
  mine = 0;
  for (int i = item; i < n; i += GROUP_SIZE) {
    mine += exp(x[i] - largest);
  }
  all[item] = mine;
  const float sum = sum_of(all, item);
  for (int i = item; i < n; i += GROUP_SIZE) {
    y[i] = exp(x[i] - largest) / sum;
  }
}
