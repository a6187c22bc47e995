// What all programs share: element types, and loading and storing one element of any type.
//
// Opcodes and element types (UNARY_EXP, BF16 ...) are macros that the host makes of its own lists.
// PROCESSOR, HAS_F64 and GROUP (work-items of a group) come from the host as well.
//
// Products and sums are not contracted: a result must not depend on what a compiler fuses.

#pragma OPENCL FP_CONTRACT OFF
#if HAS_F64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
typedef double wide;
typedef long wide_bits;
#define WIDE(x) x
#else
typedef float wide;
typedef int wide_bits;
#define WIDE(x) x##f
#endif

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define ONE_GROUP __attribute__((reqd_work_group_size(GROUP, 1, 1)))

// Arrays of a work-item lie in registers of a GPU only where the loops that index them are unrolled,
// and functions that are given them are no calls.
#define INLINED __attribute__((always_inline)) static
#if PROCESSOR
#define UNROLL
#else
#define UNROLL _Pragma("unroll")
#endif

typedef global const uchar *input;
typedef global uchar *output;

// ---- 16-bit and 8-bit floats ------------------------------------------------------------------

static ushort bf16_of(float value) {
  uint bits = as_uint(value);
  if (value != value) {
    return (ushort) ((bits >> 16) | 0x40);
  }
  return (ushort) ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

// 8 bits with an exponent bias and a number of mantissa bits: subnormals count units of the last
// place of the smallest exponent.
static float small_value(uchar bits, int mantissa_bits, int bias) {
  int exponent = (bits & 0x7F) >> mantissa_bits;
  int mantissa = bits & ((1 << mantissa_bits) - 1);
  float size = exponent == 0 ? ldexp((float) mantissa, 1 - bias - mantissa_bits)
                             : ldexp((float) (mantissa | (1 << mantissa_bits)),
                                     exponent - bias - mantissa_bits);
  return bits & 0x80 ? -size : size;
}

static float e4m3_value(uchar bits) {
  return (bits & 0x7F) == 0x7F ? NAN : small_value(bits, 3, 7);
}

static float e5m2_value(uchar bits) {
  int size = bits & 0x7F;
  if (size >= 0x7C) {
    float special = size == 0x7C ? INFINITY : NAN;
    return bits & 0x80 ? -special : special;
  }
  return small_value(bits, 2, 15);
}

// Exponent and mantissa of a magnitude, rounded to even; a carry goes into the exponent by itself.
static int small_bits(float value, int mantissa_bits, int bias) {
  float size = fabs(value);
  if (size > 1e6f) {
    return 0x7F;
  }
  int exponent = max((int) ((as_uint(size) >> 23) & 0xFF) - 127, 1 - bias);
  int units = (int) rint(ldexp(size, mantissa_bits - exponent));
  return units + ((exponent + bias - 1) << mantissa_bits);
}

static uchar e4m3_of(float value) {
  uchar sign = (uchar) ((as_uint(value) >> 24) & 0x80);
  return sign | (uchar) (value != value ? 0x7F : min(small_bits(value, 3, 7), 0x7E));
}

static uchar e5m2_of(float value) {
  uchar sign = (uchar) ((as_uint(value) >> 24) & 0x80);
  return sign | (uchar) (value != value ? 0x7E : min(small_bits(value, 2, 15), 0x7C));
}

// W neighbours of f16, as f32. PoCL reads vectors of halves with aligned instructions, wherever they
// lie; so on a processor their bits are moved: the exponent's bias differs by 112.
#if defined(W) && W > 1
static PASTE(float, W) load_halves(global const half *p) {
#if PROCESSOR
  PASTE(uint, W) bits = PASTE(convert_uint, W)(PASTE(vload, W)(0, (global const ushort *) p));
  PASTE(uint, W) size = bits & 0x7FFF;
  PASTE(float, W) value = PASTE(as_float, W)(size << 13) * 0x1p112f;
  value = size >= 0x7C00 ? PASTE(as_float, W)((size << 13) | 0x7F800000) : value;
  return PASTE(as_float, W)(PASTE(as_uint, W)(value) | ((bits & 0x8000) << 16));
#else
  return PASTE(vload_half, W)(0, p);
#endif
}
#endif

// ---- one element of any type ------------------------------------------------------------------

static bool is_real(int type) {
  return type <= F8_E5M2;
}

static long load_long(input p, long at, int type) {
  switch (type) {
    case I64: return ((global const long *) p)[at];
    case I32: return ((global const int *) p)[at];
    case I16: return ((global const short *) p)[at];
    case I8: return ((global const char *) p)[at];
    case U8: return p[at];
    default: return p[at] != 0;
  }
}

static float load_float(input p, long at, int type) {
  switch (type) {
    case F32: return ((global const float *) p)[at];
    case F16: return vload_half(at, (global const half *) p);
    case BF16: return as_float((uint) ((global const ushort *) p)[at] << 16);
    case F8_E4M3: return e4m3_value(p[at]);
    case F8_E5M2: return e5m2_value(p[at]);
    default: return (float) load_long(p, at, type);
  }
}

static wide load_wide(input p, long at, int type) {
#if HAS_F64
  if (type == F64) {
    return ((global const double *) p)[at];
  }
  if (type >= I64) {
    return (wide) load_long(p, at, type);
  }
#endif
  return load_float(p, at, type);
}

static void store_long(output p, long at, int type, long value) {
  switch (type) {
    case I64: ((global long *) p)[at] = value; break;
    case I32: ((global int *) p)[at] = (int) value; break;
    case I16: ((global short *) p)[at] = (short) value; break;
    case I8:
    case U8: p[at] = (uchar) value; break;
    default: p[at] = value != 0; break;
  }
}

static void store_float(output p, long at, int type, float value) {
  switch (type) {
    case F32: ((global float *) p)[at] = value; break;
    case F16: vstore_half_rte(value, at, (global half *) p); break;
    case BF16: ((global ushort *) p)[at] = bf16_of(value); break;
    case F8_E4M3: p[at] = e4m3_of(value); break;
    case F8_E5M2: p[at] = e5m2_of(value); break;
    default: p[at] = value != 0; break;
  }
}

static void store_wide(output p, long at, int type, wide value) {
#if HAS_F64
  if (type == F64) {
    ((global double *) p)[at] = value;
    return;
  }
  if (type == BOOL) {
    p[at] = value != 0;
    return;
  }
#endif
  store_float(p, at, type, (float) value);
}

// Towards zero; the ends of the range beyond them, 0 for what is no number.
static long long_of(wide value) {
  return value != value                  ? 0
         : value >= WIDE(0x1p63)         ? LONG_MAX
         : value <= WIDE(-0x1p63)        ? LONG_MIN
                                         : (long) value;
}

static int int_of(wide value) {
  return (int) clamp(long_of(value), (long) INT_MIN, (long) INT_MAX);
}

// ---- walks ------------------------------------------------------------------------------------

// Where row `row` of a walk begins: four axes, the last one fastest.
static long row_start(uint row, uint4 sizes, long4 strides) {
  long at = 0;
  if (sizes.w > 1) {
    at += (row % sizes.w) * strides.w;
    row /= sizes.w;
  }
  if (row > 0) {
    at += (row % sizes.z) * strides.z;
    row /= sizes.z;
    at += (row % sizes.y) * strides.y + (row / sizes.y) * strides.x;
  }
  return at;
}

// ---- indices ----------------------------------------------------------------------------------

// Keeps the first index that is out of range, with the number of the launch that met it.
static void report(global int *flags, int flag, int launch, long index) {
  if (atomic_cmpxchg(flags + flag, 0, launch) == 0) {
    flags[flag + 2] = (int) index;
    flags[flag + 3] = (int) (index >> 32);
  }
}

// ---- rows of f32 ------------------------------------------------------------------------------

// Programs for rows define ITEMS, the work-items that share a row (1 on a processor), and W, the
// elements that each of them takes at a time.
#ifdef ITEMS
typedef PASTE(float, W) F;
#define ROW_GROUP __attribute__((reqd_work_group_size(ITEMS, 1, 1)))

static F load_f(global const float *p) {
  return PASTE(vload, W)(0, p);
}

static void store_f(F v, global float *p) {
  PASTE(vstore, W)(v, 0, p);
}

// The n < W elements at the end of a row, and `rest` for those that are not there.
static F load_end(global const float *p, uint n, float rest) {
  float part[W];
  for (uint i = 0; i < W; i++) {
    part[i] = i < n ? p[i] : rest;
  }
  return PASTE(vload, W)(0, part);
}

static void store_end(F v, global float *p, uint n) {
  float part[W];
  PASTE(vstore, W)(v, 0, part);
  for (uint i = 0; i < W && i < n; i++) {
    p[i] = part[i];
  }
}

// n elements, of which W or fewer are there.
static F load_some(global const float *p, uint n, float rest) {
  return n >= W ? load_f(p) : load_end(p, n, rest);
}

static void store_some(F v, global float *p, uint n) {
  if (n >= W) {
    store_f(v, p);
  } else {
    store_end(v, p, n);
  }
}

static float sum_lanes(F v) {
#if W == 16
  float8 a = v.lo + v.hi;
  float4 b = a.lo + a.hi;
#else
  float4 b = v;
#endif
  float2 c = b.lo + b.hi;
  return c.x + c.y;
}

static float max_lanes(F v) {
#if W == 16
  float8 a = fmax(v.lo, v.hi);
  float4 b = fmax(a.lo, a.hi);
#else
  float4 b = v;
#endif
  float2 c = fmax(b.lo, b.hi);
  return fmax(c.x, c.y);
}

// Folds one number of each work-item of the group; everyone gets the result.
static float sum_group(float x, local float *shared) {
#if ITEMS > 1
  const uint item = get_local_id(0);
  shared[item] = x;
  for (uint half_of = ITEMS / 2; half_of > 0; half_of /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_of) {
      shared[item] += shared[item + half_of];
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  x = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  return x;
}

static float max_group(float x, local float *shared) {
#if ITEMS > 1
  const uint item = get_local_id(0);
  shared[item] = x;
  for (uint half_of = ITEMS / 2; half_of > 0; half_of /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_of) {
      shared[item] = fmax(shared[item], shared[item + half_of]);
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  x = shared[0];
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  return x;
}

// The rows of a group, and the vectors of a work-item in a row of d elements.
#define FOR_ROWS(row, rows, of_group)                                   \
  for (uint row = get_group_id(0) * of_group;                           \
       row < min((uint) (rows), (uint) (get_group_id(0) + 1) * of_group); row++)
#define FOR_ROW(i, d) for (uint i = get_local_id(0) * W; i < d; i += ITEMS * W)
#endif
