// Products, step 5: vector loads and double buffering.
//
// Three things at once, since each needs the others' room. A work-item makes 8 x 8 elements, as 8
// rows of two fours, a group 128 x 128: a quarter of a read of local memory for each multiply-add.
// What is read comes in fours, one instruction each. And local memory has two of each tile: while
// one pair is multiplied, the next is on its way from memory into registers, and goes into the other
// pair, so that memory and arithmetic work at the same time and a step has one barrier, not two.
//
// Bound by the multiply-adds where matrices are large; where they are small, by how few groups of
// 128 x 128 there are to go round. The device's own kernel (gemm.cl) is this one for all strides.

#define TILE 128
#define STEPS 8

// Four neighbours of a row of `size` elements; zeros outside.
static float4 quad(global const float *row, int at, int size, bool inside) {
  float4 v = (float4) 0;
  if (inside) {
    if (at + 4 <= size) {
      v = vload4(0, row + at);
    } else {
      v.x = at < size ? row[at] : 0;
      v.y = at + 1 < size ? row[at + 1] : 0;
      v.z = at + 2 < size ? row[at + 2] : 0;
    }
  }
  return v;
}

kernel __attribute__((reqd_work_group_size(16, 16, 1))) void gemm(
    global const float *a, long at_a, global const float *b, long at_b, global float *c, long at_c,
    int m, int n, int k) {
  local float tile_a[2][STEPS][TILE + 4];
  local float tile_b[2][STEPS][TILE + 4];
  const int x = get_local_id(0);
  const int y = get_local_id(1);
  const int item = y * 16 + x;
  const int column0 = get_group_id(0) * TILE;
  const int row0 = get_group_id(1) * TILE;
  // what this work-item fetches: a four along k of one row of a, a four along n of one row of b
  const int row_a = item / 2;
  const int step_a = item % 2 * 4;
  const int step_b = item / 32;
  const int column_b = item % 32 * 4;
  global const float *from_a = a + at_a + (long) (row0 + row_a) * k;
  global const float *from_b = b + at_b + (long) step_b * n;
  float4 sum[8][2];
  for (int i = 0; i < 8; i++) {
    sum[i][0] = (float4) 0;
    sum[i][1] = (float4) 0;
  }
  int now = 0;
  for (int step = -STEPS; step < k; step += STEPS, now ^= 1) {
    // the next tiles set out ...
    const int next = step + STEPS;
    const float4 next_a = quad(from_a, next + step_a, k, row0 + row_a < m && next < k);
    const float4 next_b =
        quad(from_b + (long) next * n, column0 + column_b, n, next + step_b < k);
    // ... while the current ones are multiplied: there are none in the first round
    for (int p = 0; step >= 0 && p < STEPS; p++) {
      const float4 a0 = vload4(0, &tile_a[now][p][y * 4]);
      const float4 a1 = vload4(0, &tile_a[now][p][64 + y * 4]);
      const float4 b0 = vload4(0, &tile_b[now][p][x * 4]);
      const float4 b1 = vload4(0, &tile_b[now][p][64 + x * 4]);
      const float rows[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
      for (int i = 0; i < 8; i++) {
        sum[i][0] = fma((float4) rows[i], b0, sum[i][0]);
        sum[i][1] = fma((float4) rows[i], b1, sum[i][1]);
      }
    }
    tile_a[now ^ 1][step_a][row_a] = next_a.x;
    tile_a[now ^ 1][step_a + 1][row_a] = next_a.y;
    tile_a[now ^ 1][step_a + 2][row_a] = next_a.z;
    tile_a[now ^ 1][step_a + 3][row_a] = next_a.w;
    vstore4(next_b, 0, &tile_b[now ^ 1][step_b][column_b]);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < 8; i++) {
    const int row = row0 + i / 4 * 64 + y * 4 + i % 4;
    for (int j = 0; j < 2 && row < m; j++) {
      const int column = column0 + j * 64 + x * 4;
      global float *to = c + at_c + (long) row * n + column;
      if (column + 4 <= n) {
        vstore4(sum[i][j], 0, to);
      } else {
        float part[4];
        vstore4(sum[i][j], 0, part);
        for (int t = 0; column + t < n; t++) {
          to[t] = part[t];
        }
      }
    }
  }
}
