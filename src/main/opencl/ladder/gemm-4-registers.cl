// Products, step 4: sub-tiles in registers.
//
// A work-item makes 4 x 4 elements instead of one, a group 64 x 64. In a step of k it reads 4
// numbers of a and 4 of b from local memory and does 16 multiply-adds with them: half a read for
// each instead of two. The same idea as the tiles of step 3, one level nearer to the arithmetic.
//
// The 16 elements of a work-item are 16 rows and columns apart, so that work-items beside each other
// read local memory beside each other, and write the result so.
//
// Bound by instructions now: there are still 8 reads of one number for 16 multiply-adds, and while
// tiles are fetched nobody multiplies.

#define TILE 64
#define STEPS 16
#define SUB 4

kernel __attribute__((reqd_work_group_size(16, 16, 1))) void gemm(
    global const float *a, long at_a, global const float *b, long at_b, global float *c, long at_c,
    int m, int n, int k) {
  local float tile_a[STEPS][TILE + 1]; // turned; one more, so that its writes miss each other's banks
  local float tile_b[STEPS][TILE];
  const int x = get_local_id(0);
  const int y = get_local_id(1);
  const int item = y * 16 + x;
  const int column0 = get_group_id(0) * TILE;
  const int row0 = get_group_id(1) * TILE;
  a += at_a;
  b += at_b;
  float sum[SUB][SUB];
  for (int i = 0; i < SUB; i++) {
    for (int j = 0; j < SUB; j++) {
      sum[i][j] = 0;
    }
  }
  for (int step = 0; step < k; step += STEPS) {
    for (int l = item; l < TILE * STEPS; l += 256) {
      const int i = l / STEPS;
      const int p = l % STEPS;
      tile_a[p][i] = row0 + i < m && step + p < k ? a[(long) (row0 + i) * k + step + p] : 0;
    }
    for (int l = item; l < TILE * STEPS; l += 256) {
      const int p = l / TILE;
      const int j = l % TILE;
      tile_b[p][j] = column0 + j < n && step + p < k ? b[(long) (step + p) * n + column0 + j] : 0;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int p = 0; p < STEPS; p++) {
      float va[SUB];
      float vb[SUB];
      for (int i = 0; i < SUB; i++) {
        va[i] = tile_a[p][i * 16 + y];
        vb[i] = tile_b[p][i * 16 + x];
      }
      for (int i = 0; i < SUB; i++) {
        for (int j = 0; j < SUB; j++) {
          sum[i][j] = fma(va[i], vb[j], sum[i][j]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < SUB; i++) {
    for (int j = 0; j < SUB; j++) {
      const int row = row0 + i * 16 + y;
      const int column = column0 + j * 16 + x;
      if (row < m && column < n) {
        c[at_c + (long) row * n + column] = sum[i][j];
      }
    }
  }
}
