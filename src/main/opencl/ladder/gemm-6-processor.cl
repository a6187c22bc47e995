// Products, step 6: the form for processors.
//
// A processor has few cores with wide vectors, caches that nobody has to fill by hand, and no
// neighbours that run in step: what steps 3 to 5 do with groups, tiles and barriers is in its way.
// A group is one work-item here. It makes 6 rows of 16 columns, a vector of 16 for each row: 12
// registers of 8 lanes for sums, two for a row of b, one for an element of a. In a step of k it
// reads 16 numbers of b and 6 of a and does 96 multiply-adds.
//
// Bound by the multiply-adds while b's rows come from a cache. In large matrices they stand whole
// pages apart and miss even the table of pages; the device's own kernel first packs both operands
// into the order in which they will be read (gemm.cl).

#define ROWS 6
#define EACH_ROW(f) f(0) f(1) f(2) f(3) f(4) f(5)
// over the edge the last row is computed again, and not written
#define ROW(i) global const float *a##i = a + (long) min(row + i, m - 1) * k;
#define DECLARE(i) float16 c##i = (float16) 0;
#define STEP(i) c##i = fma((float16) a##i[p], v, c##i);
#define WRITE(i)                                        \
  if (row + i < m) {                                    \
    global float *to = c + (long) (row + i) * n;        \
    if (whole) {                                        \
      vstore16(c##i, 0, to);                            \
    } else {                                            \
      float part[16];                                   \
      vstore16(c##i, 0, part);                          \
      for (int j = 0; column + j < n; j++) {            \
        to[j] = part[j];                                \
      }                                                 \
    }                                                   \
  }

// The last columns, fewer than 16.
static float16 rest(global const float *b, int count) {
  float part[16];
  for (int j = 0; j < 16; j++) {
    part[j] = j < count ? b[j] : 0;
  }
  return vload16(0, part);
}

kernel __attribute__((reqd_work_group_size(1, 1, 1))) void gemm(
    global const float *a, long at_a, global const float *b, long at_b, global float *c, long at_c,
    int m, int n, int k) {
  const int column = get_global_id(0) * 16;
  const int row = get_global_id(1) * ROWS;
  const bool whole = column + 16 <= n;
  a += at_a;
  b += at_b + column;
  c += at_c + column;
  EACH_ROW(ROW)
  EACH_ROW(DECLARE)
  if (whole) {
    for (int p = 0; p < k; p++) {
      const float16 v = vload16(0, b + (long) p * n);
      EACH_ROW(STEP)
    }
  } else {
    for (int p = 0; p < k; p++) {
      const float16 v = rest(b + (long) p * n, n - column);
      EACH_ROW(STEP)
    }
  }
  EACH_ROW(WRITE)
}
