// Products, step 3: tiles in local memory.
//
// A group of 16 x 16 work-items makes a piece of 16 x 16 of the result. For 16 steps of k at a time
// it brings a tile of a and one of b into local memory, an element a work-item, and everybody takes
// what they need from there: what was read from memory is used 16 times. Barriers keep the fast from
// reading what the slow have not written yet, and from overwriting what the slow still read.
//
// Outside of the matrices tiles hold zeros, which add nothing: the loop in the middle needs no test.
//
// Bound by local memory: two reads of it for one multiply-add. A processor has no such memory; tiles
// are ordinary memory there, and copying into it and waiting at barriers is lost.

#define TILE 16

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void gemm(
    global const float *a, long at_a, global const float *b, long at_b, global float *c, long at_c,
    int m, int n, int k) {
  local float tile_a[TILE][TILE];
  local float tile_b[TILE][TILE];
  const int x = get_local_id(0);
  const int y = get_local_id(1);
  const int column = get_group_id(0) * TILE + x;
  const int row = get_group_id(1) * TILE + y;
  a += at_a;
  b += at_b;
  float sum = 0;
  for (int step = 0; step < k; step += TILE) {
    tile_a[y][x] = row < m && step + x < k ? a[(long) row * k + step + x] : 0;
    tile_b[y][x] = column < n && step + y < k ? b[(long) (step + y) * n + column] : 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int p = 0; p < TILE; p++) {
      sum = fma(tile_a[y][p], tile_b[p][x], sum);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (row < m && column < n) {
    c[at_c + (long) row * n + column] = sum;
  }
}
