// Matrix products on the tensor cores of NVIDIA, out = a b (+ out), [m, k] [k, n], in batches, by
// the PTX instruction mma.sync: of bf16 (m16n8k16), or of f32 that are rounded to tf32 first, ten
// bits of mantissa (m16n8k8). Both sum in f32.
//
// This file has never run on a GPU. What it was proven with is EMULATE=1, which does in OpenCL C and
// local memory what the instruction does between the registers of a warp, see `mma`: everything
// around the instruction is the same code, and tests run it on whatever device there is. The other
// form was assembled by clang 15 and ptxas 13.0 for sm_80 and sm_90, where nothing is spilled. On a
// device the instruction is tried by probe.cl, and then this kernel with a small product, before it
// is used. Nothing here was tuned.
//
// A group of 128 work-items, four warps, makes a 64 x 64 piece of the result; each warp makes 32 x 32
// of it, 2 x 4 results of the instruction. Tiles of both matrices lie in local memory along k, b
// turned, in words of 32 bits: two bf16 or one tf32. Rows are 20 words apart, of which 16 are used:
// the eight rows and four words that a warp reads at a time are then in 32 different banks. The next
// tiles are loaded into registers while the current ones are multiplied, and local memory has two of
// each, so that a step has one barrier. Bound by loading from global memory, an element at a time.

#define TILE 64
#define ITEMS_OF_GROUP 128
#define WORDS 16
#define ROW_WORDS 20

#if defined(MMA_BF16)
typedef ushort element;  // as in memory and in tiles
typedef ushort stored;
#define OF_WORD 2
#else
typedef uint element;
typedef float stored;
#define OF_WORD 1
#endif

#define STEPS (WORDS * OF_WORD)
// Steps of one instruction: eight words along k.
#define K_OF_MMA (8 * OF_WORD)
#define LOADS (TILE * STEPS / ITEMS_OF_GROUP)

// What is indexed by a loop's counter lies in registers only where the loop is unrolled.
#if EMULATE
#define IN_REGISTERS
#else
#define IN_REGISTERS _Pragma("unroll")
#endif

// To the nearest of ten bits, away from 0 between two, as cvt.rna.tf32 rounds; NaN stays NaN.
static element element_of(stored x) {
#if defined(MMA_BF16)
  return x;
#else
  const uint bits = as_uint(x);
  const bool special = (bits & 0x7F800000) == 0x7F800000;
  return special ? bits | (x != x ? 0x400000 : 0) : (bits + 0x1000) & 0xFFFFE000;
#endif
}

static float value_of(stored x) {
#if defined(MMA_BF16)
  return as_float((uint) x << 16);
#else
  return x;
#endif
}

static stored stored_of(float x) {
#if defined(MMA_BF16)
  return bf16_of(x);
#else
  return x;
#endif
}

#if EMULATE

static float part_of_word(uint word, uint part) {
#if defined(MMA_BF16)
  return as_float(part ? word & 0xFFFF0000 : word << 16);
#else
  return as_float(word);
#endif
}

// c [16, 8] += a [16, K_OF_MMA] b [K_OF_MMA, 8], spread over the registers of 32 work-items as the
// PTX manual draws it: everyone shows its registers, then picks those of its four sums.
static void mma(float *c, const uint *a, const uint *b, local uint *shared) {
  const uint item = get_local_id(0);
  const uint lane = item % 32;
  local uint *mine = shared + item * 6;
  for (int i = 0; i < 4; i++) {
    mine[i] = a[i];
  }
  mine[4] = b[0];
  mine[5] = b[1];
  barrier(CLK_LOCAL_MEM_FENCE);
  local const uint *warp = shared + (item - lane) * 6;
  for (uint i = 0; i < 4; i++) {
    const uint row = lane / 4 + i / 2 * 8;
    const uint column = lane % 4 * 2 + i % 2;
    for (uint k = 0; k < K_OF_MMA; k++) {
      const uint upper = k / (K_OF_MMA / 2);
      const uint word = k % (K_OF_MMA / 2) / OF_WORD;
      const uint of_a = warp[(row % 8 * 4 + word) * 6 + row / 8 + 2 * upper];
      const uint of_b = warp[(column * 4 + word) * 6 + 4 + upper];
      c[i] += part_of_word(of_a, k % OF_WORD) * part_of_word(of_b, k % OF_WORD);
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
}

#else

static void mma(float *c, const uint *a, const uint *b, local uint *shared) {
#if defined(MMA_BF16)
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
               "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
               "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

#endif

// One instruction, for tests: four registers of a, two of b and four of c for each of 32 work-items.
kernel __attribute__((reqd_work_group_size(32, 1, 1))) void one_instruction(global const uint *a,
    long at_a, global const uint *b, long at_b, global float *c, long at_c) {
  local uint shared[32 * 6];
  const uint lane = get_local_id(0);
  uint of_a[4];
  uint of_b[2];
  float of_c[4];
  for (int i = 0; i < 4; i++) {
    of_a[i] = a[at_a + lane * 4 + i];
    of_c[i] = c[at_c + lane * 4 + i];
  }
  of_b[0] = b[at_b + lane * 2];
  of_b[1] = b[at_b + lane * 2 + 1];
  mma(of_c, of_a, of_b, shared);
  for (int i = 0; i < 4; i++) {
    c[at_c + lane * 4 + i] = of_c[i];
  }
}

// Where the l-th element of a work-item stands in a tile: neighbours load neighbours.
#define PLACE_OF(l, along_k, i, p)                         \
  const uint id = l * ITEMS_OF_GROUP + item;               \
  const uint i = along_k ? id / STEPS : id % TILE;         \
  const uint p = along_k ? id % STEPS : id / TILE;

#define FETCH(regs, x, origin, size, stride, stride_k)                                       \
  IN_REGISTERS for (uint l = 0; l < LOADS; l++) {                                            \
    PLACE_OF(l, stride_k == 1, i, p)                                                         \
    const bool inside = origin + i < size && step + p < k;                                   \
    regs[l] = inside ? element_of(x[(origin + i) * stride + (step + p) * stride_k]) : 0;     \
  }

#define PUT(regs, tile, stride_k)                                                            \
  IN_REGISTERS for (uint l = 0; l < LOADS; l++) {                                            \
    PLACE_OF(l, stride_k == 1, i, p)                                                         \
    ((local element *) tile[i])[p] = regs[l];                                                \
  }

kernel __attribute__((reqd_work_group_size(ITEMS_OF_GROUP, 1, 1))) void multiply_tiles(
    global const stored *as, long at_a, global const stored *bs, long at_b, global stored *out,
    long at_out, int accumulate, uint m, uint n, uint k, uint inner, uint4 sizes, long4 strides_a,
    long4 strides_b, long4 strides_out, long4 steps, long8 strides) {
  local uint tile_a[2][TILE][ROW_WORDS];
  local uint tile_b[2][TILE][ROW_WORDS];
#if EMULATE
  local uint shared[ITEMS_OF_GROUP * 6];
#else
  local uint *shared = 0;
#endif
  const uint item = get_local_id(0);
  const uint across = (n + TILE - 1) / TILE;
  const uint column0 = get_group_id(0) % across * TILE;
  const uint row0 = get_group_id(0) / across * TILE;
  const uint batch = get_group_id(1) / inner;
  const uint place = get_group_id(1) % inner;
  global const stored *a = as + at_a + row_start(batch, sizes, strides_a) + place * steps.x;
  global const stored *b = bs + at_b + row_start(batch, sizes, strides_b) + place * steps.y;
  global stored *to = out + at_out + row_start(batch, sizes, strides_out) + place * steps.z;
  const uint warp_row = item / 64 * 32;
  const uint warp_column = item / 32 % 2 * 32;
  const uint quad = item % 32 / 4; // the manual's groupID
  const uint part = item % 4;      // the manual's threadID_in_group
  float c[2][4][4];
  IN_REGISTERS for (int i = 0; i < 2; i++) {
    IN_REGISTERS for (int j = 0; j < 4; j++) {
      IN_REGISTERS for (int r = 0; r < 4; r++) {
        c[i][j][r] = 0;
      }
    }
  }
  element next_a[LOADS];
  element next_b[LOADS];
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
    for (uint word = 0; word < WORDS; word += 8) {
      uint of_a[2][4];
      IN_REGISTERS for (int i = 0; i < 2; i++) {
        const uint row = warp_row + i * 16 + quad;
        of_a[i][0] = tile_a[now][row][word + part];
        of_a[i][1] = tile_a[now][row + 8][word + part];
        of_a[i][2] = tile_a[now][row][word + part + 4];
        of_a[i][3] = tile_a[now][row + 8][word + part + 4];
      }
      IN_REGISTERS for (int j = 0; j < 4; j++) {
        const uint column = warp_column + j * 8 + quad;
        const uint of_b[2] = {
            tile_b[now][column][word + part], tile_b[now][column][word + part + 4]};
        IN_REGISTERS for (int i = 0; i < 2; i++) {
          mma(c[i][j], of_a[i], of_b, shared);
        }
      }
    }
    if (step < k) {
      PUT(next_a, tile_a[now ^ 1], strides.s1)
      PUT(next_b, tile_b[now ^ 1], strides.s2)
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  IN_REGISTERS for (int i = 0; i < 2; i++) {
    IN_REGISTERS for (int j = 0; j < 4; j++) {
      IN_REGISTERS for (int r = 0; r < 4; r++) {
        const uint row = row0 + warp_row + i * 16 + quad + r / 2 * 8;
        const uint column = column0 + warp_column + j * 8 + part * 2 + r % 2;
        if (row < m && column < n) {
          global stored *p = to + row * strides.s4 + column * strides.s5;
          *p = stored_of(accumulate ? value_of(*p) + c[i][j][r] : c[i][j][r]);
        }
      }
    }
  }
}
