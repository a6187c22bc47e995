// Matrix products of f32, out = a b (+ out), [m, k] [k, n], in batches.
//
// On a processor both operands are packed first, zero-padded: a into panels of MR rows, b into
// panels of NR = 16 columns, each `k` steps of MR (or 16) neighbours. A work-item then multiplies a
// chunk of a's panels with one panel of b, MR x 16 sums at a time, held in registers as MR vectors.
// a's chunk stays in the second-level cache while b's panels stream by. Bound by the FMA units; what
// packing costs is 1/n of it for a and 1/m for b.
//
// On a GPU a group of 16 x 16 work-items makes a TILE x TILE piece of the result from tiles of 16
// steps in local memory, SUB x SUB sums a work-item in registers. The next tiles are loaded into
// registers, in fours, while the current ones are multiplied, and local memory has two of each, so
// that a step has one barrier. Bound by the FMA units where matrices are large.

#if PROCESSOR

typedef float16 V;



// packed[panel][step][i] = x[panel * R + i][step]; R neighbours of an axis of `size`.
kernel ONE_GROUP void pack(global const float *x, long at_x, global float *packed, long at_packed,
    uint size, uint k, uint panels, uint steps_of_item, uint inner, uint4 sizes, long4 strides,
    long2 steps, long stride, long stride_k) {
  // a work-item packs some steps of one panel of one batch
  const uint parts = (k + steps_of_item - 1) / steps_of_item;
  const uint part = get_global_id(0) % parts;
  const uint panel = get_global_id(0) / parts % panels;
  const uint batch = get_global_id(0) / parts / panels;
  const uint first = part * steps_of_item;
  const uint end = min(k, first + steps_of_item);
  global const float *from = x + at_x + row_start(batch / inner, sizes, strides)
      + (batch % inner) * steps.x + (long) panel * R * stride;
  global float *to = packed + at_packed + ((long) batch * panels + panel) * k * R;
  const uint n = min((uint) R, size - panel * R);
  if (n == R) {
#if R == 16
    if (stride == 1) {
      for (uint p = first; p < end; p++) {
        vstore16(vload16(0, from + p * stride_k), 0, to + (long) p * 16);
      }
      return;
    }
    if (stride_k == 1) {
      // squares of 16 x 16 turn in two levels of cache lines
      uint p = first;
      for (; p + 16 <= end; p += 16) {
        for (uint i = 0; i < 16; i++) {
          const float16 v = vload16(0, from + i * stride + p);
          global float *q = to + (long) p * 16 + i;
          q[0] = v.s0; q[16] = v.s1; q[32] = v.s2; q[48] = v.s3;
          q[64] = v.s4; q[80] = v.s5; q[96] = v.s6; q[112] = v.s7;
          q[128] = v.s8; q[144] = v.s9; q[160] = v.sa; q[176] = v.sb;
          q[192] = v.sc; q[208] = v.sd; q[224] = v.se; q[240] = v.sf;
        }
      }
      for (; p < end; p++) {
        for (uint i = 0; i < 16; i++) {
          to[(long) p * 16 + i] = from[i * stride + p];
        }
      }
      return;
    }
#endif
    for (uint p = first; p < end; p++) {
      for (uint i = 0; i < R; i++) {
        to[(long) p * R + i] = from[i * stride + p * stride_k];
      }
    }
    return;
  }
  for (uint p = first; p < end; p++) {
    for (uint i = 0; i < R; i++) {
      to[(long) p * R + i] = i < n ? from[i * stride + p * stride_k] : 0;
    }
  }
}

#if R == 16

#define ROWS_2(f) f(0) f(1)
#define ROWS_4(f) ROWS_2(f) f(2) f(3)
#define ROWS_6(f) ROWS_4(f) f(4) f(5)
#define ROWS_8(f) ROWS_6(f) f(6) f(7)
#define ROWS_12(f) ROWS_8(f) f(8) f(9) f(10) f(11)
#define EACH_ROW PASTE(ROWS_, MR)
#define DECLARE(i) V c##i = (V) 0;
#define STEP(i) c##i = fma((V) a[i], b, c##i);
#define WRITE(i)                                                              \
  if (i < rows) {                                                             \
    global float *p = q + i * stride_m;                                       \
    if (whole) {                                                              \
      vstore16(accumulate ? vload16(0, p) + c##i : c##i, 0, p);               \
    } else {                                                                  \
      float part[16];                                                         \
      vstore16(c##i, 0, part);                                                \
      for (uint j = 0; j < columns; j++) {                                    \
        p[j * stride_n] = accumulate ? p[j * stride_n] + part[j] : part[j];   \
      }                                                                       \
    }                                                                         \
  }

// A work-item: a chunk of panels of a times one panel of b. With MR = 6 its 16 columns
// take 12 registers of 8 lanes for sums, two for b and one for an element of a; the host's table of
// tunings says what a device likes best.
kernel ONE_GROUP void multiply(global const float *as, long at_a, global const float *bs, long at_b,
    global float *out, long at_out, int accumulate, uint m, uint n, uint k, uint chunk, uint inner,
    uint4 sizes, long4 strides, long2 steps, long stride_m, long stride_n) {
  const uint panels_a = (m + MR - 1) / MR;
  const uint panels_b = (n + 15) / 16;
  const uint chunks = (panels_a + chunk - 1) / chunk;
  const uint panel = get_global_id(0) % panels_b;
  const uint first = get_global_id(0) / panels_b % chunks * chunk;
  const uint batch = get_global_id(0) / panels_b / chunks;
  const uint columns = min(16u, n - panel * 16);
  const bool whole = columns == 16 && stride_n == 1;
  global const float *b_panel = bs + at_b + ((long) batch * panels_b + panel) * k * 16;
  global float *to = out + at_out + row_start(batch / inner, sizes, strides)
      + (batch % inner) * steps.x + (long) panel * 16 * stride_n;
  for (uint tile = first; tile < min(panels_a, first + chunk); tile++) {
    global const float *a = as + at_a + ((long) batch * panels_a + tile) * k * MR;
    global const float *bp = b_panel;
    EACH_ROW(DECLARE)
    for (uint p = 0; p < k; p++, a += MR, bp += 16) {
      const V b = vload16(0, bp);
      EACH_ROW(STEP)
    }
    const uint rows = m - tile * MR;
    global float *q = to + (long) tile * MR * stride_m;
    EACH_ROW(WRITE)
  }
}

#endif

#else

#define STEPS 16
#define QUADS (SUB / 4)
// Fours of a tile that a work-item loads.
#define LOADS (TILE * STEPS / 4 / 256)

// Four neighbours of a tile, along the axis in which the matrix is contiguous; zeros outside.
static float4 quad(global const float *x, uint i, uint size, uint p, uint k, long stride,
    long stride_k) {
  float4 v = (float4) 0;
  if (stride_k == 1) {
    if (i < size) {
      global const float *from = x + i * stride + p;
      if (p + 4 <= k) {
        v = vload4(0, from);
      } else {
        v.x = p < k ? from[0] : 0;
        v.y = p + 1 < k ? from[1] : 0;
        v.z = p + 2 < k ? from[2] : 0;
      }
    }
  } else if (p < k) {
    global const float *from = x + (long) i * stride + p * stride_k;
    if (i + 4 <= size && stride == 1) {
      v = vload4(0, from);
    } else {
      v.x = i < size ? from[0] : 0;
      v.y = i + 1 < size ? from[stride] : 0;
      v.z = i + 2 < size ? from[2 * stride] : 0;
      v.w = i + 3 < size ? from[3 * stride] : 0;
    }
  }
  return v;
}

// Where the l-th four of a work-item stands in a tile.
#define PLACE_OF(l, along_k, i, p)                         \
  const uint id = l * 256 + item;                          \
  const uint i = along_k ? id / 4 : id % (TILE / 4) * 4;   \
  const uint p = along_k ? id % 4 * 4 : id / (TILE / 4);

#define FETCH(regs, x, origin, size, stride, stride_k)                          \
  UNROLL for (int l = 0; l < LOADS; l++) {                                      \
    PLACE_OF(l, stride_k == 1, i, p)                                            \
    regs[l] = quad(x, origin + i, size, step + p, k, stride, stride_k);         \
  }

#define PUT(regs, tile, stride_k)                          \
  UNROLL for (int l = 0; l < LOADS; l++) {                 \
    PLACE_OF(l, stride_k == 1, i, p)                       \
    if (stride_k == 1) {                                   \
      tile[p][i] = regs[l].x;                              \
      tile[p + 1][i] = regs[l].y;                          \
      tile[p + 2][i] = regs[l].z;                          \
      tile[p + 3][i] = regs[l].w;                          \
    } else {                                               \
      vstore4(regs[l], 0, &tile[p][i]);                    \
    }                                                      \
  }

kernel __attribute__((reqd_work_group_size(256, 1, 1))) void multiply_tiles(
    global const float *as, long at_a, global const float *bs, long at_b, global float *out,
    long at_out, int accumulate, uint m, uint n, uint k, uint inner, uint4 sizes, long4 strides_a,
    long4 strides_b, long4 strides_out, long4 steps, long8 strides) {
  local float tile_a[2][STEPS][TILE + 4]; // four more: rows begin in different banks
  local float tile_b[2][STEPS][TILE + 4];
  const uint item = get_local_id(0);
  const uint across = (n + TILE - 1) / TILE;
  const uint column0 = get_group_id(0) % across * TILE;
  const uint row0 = get_group_id(0) / across * TILE;
  const uint batch = get_group_id(1) / inner;
  const uint place = get_group_id(1) % inner;
  global const float *a = as + at_a + row_start(batch, sizes, strides_a) + place * steps.x;
  global const float *b = bs + at_b + row_start(batch, sizes, strides_b) + place * steps.y;
  global float *to = out + at_out + row_start(batch, sizes, strides_out) + place * steps.z;
  const uint tx = item % 16;
  const uint ty = item / 16;
  float4 c[SUB][QUADS];
  UNROLL for (int i = 0; i < SUB; i++) {
    UNROLL for (int j = 0; j < QUADS; j++) {
      c[i][j] = (float4) 0;
    }
  }
  float4 next_a[LOADS];
  float4 next_b[LOADS];
  uint step = 0;
  FETCH(next_a, a, row0, m, strides.s0, strides.s1)
  FETCH(next_b, b, column0, n, strides.s3, strides.s2)
  PUT(next_a, tile_a[0], strides.s1)
  PUT(next_b, tile_b[0], strides.s2)
  barrier(CLK_LOCAL_MEM_FENCE);
  int now = 0;
  for (; step < k; now ^= 1) {
    step += STEPS;
    if (step < k) {
      FETCH(next_a, a, row0, m, strides.s0, strides.s1)
      FETCH(next_b, b, column0, n, strides.s3, strides.s2)
    }
    for (int p = 0; p < STEPS; p++) {
      float4 va[QUADS];
      float4 vb[QUADS];
      UNROLL for (int q = 0; q < QUADS; q++) {
        va[q] = vload4(0, &tile_a[now][p][q * 64 + ty * 4]);
        vb[q] = vload4(0, &tile_b[now][p][q * 64 + tx * 4]);
      }
      UNROLL for (int q = 0; q < QUADS; q++) {
        UNROLL for (int j = 0; j < QUADS; j++) {
          c[4 * q][j] = fma((float4) va[q].x, vb[j], c[4 * q][j]);
          c[4 * q + 1][j] = fma((float4) va[q].y, vb[j], c[4 * q + 1][j]);
          c[4 * q + 2][j] = fma((float4) va[q].z, vb[j], c[4 * q + 2][j]);
          c[4 * q + 3][j] = fma((float4) va[q].w, vb[j], c[4 * q + 3][j]);
        }
      }
    }
    if (step < k) {
      PUT(next_a, tile_a[now ^ 1], strides.s1)
      PUT(next_b, tile_b[now ^ 1], strides.s2)
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  UNROLL for (int i = 0; i < SUB; i++) {
    const uint row = row0 + i / 4 * 64 + ty * 4 + i % 4;
    if (row < m) {
      UNROLL for (int j = 0; j < QUADS; j++) {
        const uint column = column0 + j * 64 + tx * 4;
        global float *p = to + row * strides.s4 + column * strides.s5;
        if (column + 4 <= n && strides.s5 == 1) {
          vstore4(accumulate ? vload4(0, p) + c[i][j] : c[i][j], 0, p);
        } else {
          float part[4];
          vstore4(c[i][j], 0, part);
          for (uint t = 0; t < 4 && column + t < n; t++) {
            p[t * strides.s5] = accumulate ? p[t * strides.s5] + part[t] : part[t];
          }
        }
      }
    }
  }
}

#endif
