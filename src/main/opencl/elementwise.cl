// Functions of one and of two operands, element by element.
//
// A work-item does `count` units, each a vector of W neighbours of the inner axis (fewer at the end
// of a row); around the inner axis there are up to four others, and an axis along which an operand
// repeats has stride 0. LANE is the type computed in: 32 (f32 and narrower), 64 (f64), 0 (whole
// numbers and booleans, in 64 bits). OP, TA, TB and TOUT are constants in a kernel of its own for
// large tensors, and arguments in the one that small tensors share. KIND picks one of the kernels.
//
// Bound by memory, but for the longer functions on a processor.

#if LANE == 32
typedef float T;
typedef int B;
#elif LANE == 64
typedef double T;
typedef long B;
#else
typedef long T;
typedef long B;
#endif

#if W == 1
typedef T V;
#else
#if LANE == 32
typedef PASTE(float, W) V;
typedef PASTE(int, W) VB;
#elif LANE == 64
typedef PASTE(double, W) V;
typedef PASTE(long, W) VB;
#else
typedef PASTE(long, W) V;
typedef PASTE(long, W) VB;
#endif
#define VLOAD PASTE(vload, W)
#define VSTORE PASTE(vstore, W)
#endif

#ifndef OP
#define OP op
#define TA type_a
#define TB type_b
#define TOUT type_out
#endif

static T load1(input p, long at, int type) {
#if LANE == 32
  return load_float(p, at, type);
#elif LANE == 64
  return load_wide(p, at, type);
#else
  return load_long(p, at, type);
#endif
}

static void store1(output p, long at, int type, T value) {
#if LANE == 32
  store_float(p, at, type, value);
#elif LANE == 64
  store_wide(p, at, type, value);
#else
  store_long(p, at, type, value);
#endif
}

// The n first elements of a vector.
static V load(input p, long at, long stride, uint n, int type) {
#if W == 1
  return load1(p, at, type);
#else
  if (stride == 1 && n >= W) {
#if LANE == 32
    if (type == F32) {
      return VLOAD(0, (global const float *) p + at);
    }
    if (type == BF16) {
      return PASTE(as_float, W)(PASTE(convert_uint, W)(VLOAD(0, (global const ushort *) p + at)) << 16);
    }
    if (type == F16) {
      return load_halves((global const half *) p + at);
    }
#elif LANE == 64
    if (type == F64) {
      return VLOAD(0, (global const double *) p + at);
    }
#else
    if (type == I64) {
      return VLOAD(0, (global const long *) p + at);
    }
#endif
  }
  if (stride == 0) {
    return (V) load1(p, at, type);
  }
  T parts[W];
  for (uint i = 0; i < W; i++) {
    parts[i] = i < n ? load1(p, at + i * stride, type) : (T) 0;
  }
  return VLOAD(0, parts);
#endif
}

static void store(output p, long at, long stride, uint n, int type, V value) {
#if W == 1
  store1(p, at, type, value);
#else
  if (stride == 1 && n >= W) {
#if LANE == 32
    if (type == F32) {
      VSTORE(value, 0, (global float *) p + at);
      return;
    }
#if !PROCESSOR // see load_halves
    if (type == F16) {
      PASTE(PASTE(vstore_half, W), _rte)(value, 0, (global half *) p + at);
      return;
    }
#endif
    if (type == BF16) {
      PASTE(uint, W) bits = PASTE(as_uint, W)(value);
      PASTE(uint, W) round = bits + 0x7FFF + ((bits >> 16) & 1);
      bits = value != value ? (bits | 0x400000) : round;
      VSTORE(PASTE(convert_ushort, W)(bits >> 16), 0, (global ushort *) p + at);
      return;
    }
#elif LANE == 64
    if (type == F64) {
      VSTORE(value, 0, (global double *) p + at);
      return;
    }
#else
    if (type == I64) {
      VSTORE(value, 0, (global long *) p + at);
      return;
    }
#endif
  }
  T parts[W];
  VSTORE(value, 0, parts);
  for (uint i = 0; i < W && i < n; i++) {
    store1(p, at + i * stride, type, parts[i]);
  }
#endif
}

// 1 where a comparison holds, else 0, as numbers.
#define TEST(c) ((c) ? (V) 1 : (V) 0)

#if LANE != 0

#if KIND == 1
static V unary_of(int op, V x) {
  const V zero = (V) 0;
  const V one = (V) 1;
  switch (op) {
    case UNARY_NEG: return -x;
    case UNARY_ABS: return fabs(x);
    case UNARY_SIGN: return x > zero ? one : x < zero ? -one : x;
    case UNARY_SQUARE: return x * x;
    case UNARY_RECIPROCAL: return one / x;
    case UNARY_SQRT: return sqrt(x);
    case UNARY_RSQRT: return one / sqrt(x);
    case UNARY_EXP: return exp(x);
    case UNARY_EXP2: return exp2(x);
    case UNARY_EXPM1: return expm1(x);
    case UNARY_LOG: return log(x);
    case UNARY_LOG2: return log2(x);
    case UNARY_LOG10: return log10(x);
    case UNARY_LOG1P: return log1p(x);
    case UNARY_SIN: return sin(x);
    case UNARY_COS: return cos(x);
    case UNARY_TAN: return tan(x);
    case UNARY_ASIN: return asin(x);
    case UNARY_ACOS: return acos(x);
    case UNARY_ATAN: return atan(x);
    case UNARY_SINH: return sinh(x);
    case UNARY_COSH: return cosh(x);
    case UNARY_TANH: return tanh(x);
    case UNARY_ASINH: return asinh(x);
    case UNARY_ACOSH: return acosh(x);
    case UNARY_ATANH: return atanh(x);
    case UNARY_SIGMOID: return one / (one + exp(-x));
    case UNARY_ERF: return erf(x);
    case UNARY_ERFC: return erfc(x);
    case UNARY_SOFTPLUS: return fmax(x, zero) + log1p(exp(-fabs(x)));
    case UNARY_RELU: return x <= zero ? zero : x;
    case UNARY_GELU: return x * (V) 0.5f * erfc(x * (V) (T) -0.70710678118654752440);
    case UNARY_SILU: return x / (one + exp(-x));
    case UNARY_FLOOR: return floor(x);
    case UNARY_CEIL: return ceil(x);
    case UNARY_ROUND: return rint(x);
    case UNARY_TRUNC: return trunc(x);
    case UNARY_IS_NAN: return TEST(x != x);
    case UNARY_IS_FINITE: return TEST(fabs(x) < (V) INFINITY);
    default: return TEST(x == zero); // NOT
  }
}

#else
// What is left of a / b rounded down.
static V remainder_of(V a, V b) {
  V left = fmod(a, b);
  V other = left + b;
  return left != (V) 0 ? ((left < (V) 0 ? (V) 1 : (V) 0) != (b < (V) 0 ? (V) 1 : (V) 0) ? other : left)
                       : left;
}

// By way of the exact remainder, since a quotient just below a whole number may round up to it.
static V floor_divide(V a, V b) {
  V left = fmod(a, b);
  V quotient = (a - left) / b;
  V less = quotient - (V) 1;
  V across = (left < (V) 0 ? (V) 1 : (V) 0) - (b < (V) 0 ? (V) 1 : (V) 0);
  quotient = left != (V) 0 ? (across != (V) 0 ? less : quotient) : quotient;
  V below = floor(quotient);
  V next = below + (V) 1;
  V rounded = quotient - below > (V) 0.5f ? next : below;
  rounded = quotient == (V) 0 ? copysign((V) 0, a / b) : rounded;
  return b == (V) 0 ? a / b : rounded;
}

static V binary_of(int op, V a, V b) {
  switch (op) {
    case BINARY_ADD: return a + b;
    case BINARY_SUB: return a - b;
    case BINARY_MUL: return a * b;
    case BINARY_DIV: return a / b;
    case BINARY_POW: return pow(a, b);
    case BINARY_MAX: return a != a ? a : b != b ? b : fmax(a, b);
    case BINARY_MIN: return a != a ? a : b != b ? b : fmin(a, b);
    case BINARY_ATAN2: return atan2(a, b);
    case BINARY_HYPOT: return hypot(a, b);
    case BINARY_COPY_SIGN: return copysign(a, b);
    case BINARY_FMOD: return fmod(a, b);
    case BINARY_REMAINDER: return remainder_of(a, b);
    case BINARY_FLOOR_DIV: return floor_divide(a, b);
    case BINARY_EQ: return TEST(a == b);
    case BINARY_NE: return TEST(a != b);
    case BINARY_LT: return TEST(a < b);
    case BINARY_LE: return TEST(a <= b);
    case BINARY_GT: return TEST(a > b);
    case BINARY_GE: return TEST(a >= b);
    case BINARY_AND: return a != (V) 0 ? TEST(b != (V) 0) : (V) 0;
    case BINARY_OR: return a != (V) 0 ? (V) 1 : TEST(b != (V) 0);
    default: return a != (V) 0 ? TEST(b == (V) 0) : TEST(b != (V) 0); // XOR
  }
}
#endif

#elif KIND == 1

static V unary_of(int op, V x) {
  switch (op) {
    case UNARY_NEG: return -x;
    case UNARY_ABS: return x < (V) 0 ? -x : x;
    case UNARY_SIGN: return x > (V) 0 ? (V) 1 : x < (V) 0 ? (V) -1 : (V) 0;
    case UNARY_SQUARE: return x * x;
    case UNARY_RELU: return x < (V) 0 ? (V) 0 : x;
    case UNARY_BIT_NOT: return ~x;
    case UNARY_NOT: return TEST(x == (V) 0);
    case UNARY_IS_NAN: return (V) 0;
    case UNARY_IS_FINITE: return (V) 1;
    default: return x; // rounding
  }
}

#else

// Division by zero gives 0; the one quotient that does not fit wraps round, as in Java.
static T divide(T a, T b) {
  return b == 0 ? 0 : b == -1 ? -a : a / b;
}

static T left_over(T a, T b) {
  return b == 0 || b == -1 ? 0 : a % b;
}

static T power(T a, T b) {
  if (b < 0) {
    return a == 1 ? 1 : a == -1 ? ((b & 1) == 0 ? 1 : -1) : 0;
  }
  T result = 1;
  for (T rest = b; rest != 0; rest >>= 1) {
    if (rest & 1) {
      result *= a;
    }
    a *= a;
  }
  return result;
}

static T whole(int op, T a, T b) {
  switch (op) {
    case BINARY_ADD: return a + b;
    case BINARY_SUB: return a - b;
    case BINARY_MUL: return a * b;
    case BINARY_DIV: return divide(a, b);
    case BINARY_POW: return power(a, b);
    case BINARY_MAX: return max(a, b);
    case BINARY_MIN: return min(a, b);
    case BINARY_FMOD: return left_over(a, b);
    case BINARY_REMAINDER: {
      T left = left_over(a, b);
      return left != 0 && (left < 0) != (b < 0) ? left + b : left;
    }
    case BINARY_FLOOR_DIV: {
      T left = left_over(a, b);
      return divide(a, b) - (left != 0 && (left < 0) != (b < 0) ? 1 : 0);
    }
    case BINARY_BIT_AND: return a & b;
    case BINARY_BIT_OR: return a | b;
    case BINARY_BIT_XOR: return a ^ b;
    case BINARY_SHIFT_LEFT: return b < 0 || b > 63 ? 0 : a << b;
    case BINARY_SHIFT_RIGHT: return a >> (b < 0 || b > 63 ? 63 : b);
    case BINARY_EQ: return a == b;
    case BINARY_NE: return a != b;
    case BINARY_LT: return a < b;
    case BINARY_LE: return a <= b;
    case BINARY_GT: return a > b;
    case BINARY_GE: return a >= b;
    case BINARY_AND: return a != 0 && b != 0;
    case BINARY_OR: return a != 0 || b != 0;
    default: return (a != 0) != (b != 0); // XOR
  }
}

static V binary_of(int op, V a, V b) {
#if W == 1
  return whole(op, a, b);
#else
  T x[W];
  T y[W];
  VSTORE(a, 0, x);
  VSTORE(b, 0, y);
  for (int i = 0; i < W; i++) {
    x[i] = whole(op, x[i], y[i]);
  }
  return VLOAD(0, x);
#endif
}

#endif

// The units of a work-item, row by row.
#define FOR_UNITS(body)                                                        \
  const uint of_row = (inner + W - 1) / W;                                     \
  const uint units = rows * of_row;                                            \
  uint unit = get_global_id(0) * count;                                        \
  const uint end = min(unit + count, units);                                   \
  if (unit >= end) {                                                           \
    return;                                                                    \
  }                                                                            \
  uint row = unit / of_row;                                                    \
  uint column = unit % of_row;                                                 \
  while (unit < end) {                                                         \
    const uint last = min(of_row, column + (end - unit));                      \
    unit += last - column;                                                     \
    body;                                                                      \
    column = 0;                                                                \
    row++;                                                                     \
  }

#if KIND == 1
kernel ONE_GROUP void unary(input a, long at_a, output out, long at_out, int op, int type_a,
    int type_out, uint inner, uint rows, uint count, uint4 sizes, long4 strides_a,
    long4 strides_out, long2 steps) {
  FOR_UNITS(
    const long pa = at_a + row_start(row, sizes, strides_a);
    const long pout = at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      const long at = (long) c * W;
      const uint n = inner - c * W;
      V x = load(a, pa + at * steps.x, steps.x, n, TA);
      store(out, pout + at * steps.y, steps.y, n, TOUT, unary_of(OP, x));
    })
}

#elif KIND == 2
kernel ONE_GROUP void binary(input a, long at_a, input b, long at_b, output out, long at_out,
    int op, int type_a, int type_b, int type_out, uint inner, uint rows, uint count, uint4 sizes,
    long4 strides_a, long4 strides_b, long4 strides_out, long4 steps) {
  FOR_UNITS(
    const long pa = at_a + row_start(row, sizes, strides_a);
    const long pb = at_b + row_start(row, sizes, strides_b);
    const long pout = at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      const long at = (long) c * W;
      const uint n = inner - c * W;
      V x = load(a, pa + at * steps.x, steps.x, n, TA);
      V y = load(b, pb + at * steps.y, steps.y, n, TB);
      store(out, pout + at * steps.z, steps.z, n, TOUT, binary_of(OP, x, y));
    })
}

#else
// One of the operands is a number; `first` where it is the first one.
kernel ONE_GROUP void scalar(input a, long at_a, T number, int first, output out, long at_out,
    int op, int type_a, int type_out, uint inner, uint rows, uint count, uint4 sizes,
    long4 strides_a, long4 strides_out, long2 steps) {
  const V s = (V) number;
  FOR_UNITS(
    const long pa = at_a + row_start(row, sizes, strides_a);
    const long pout = at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      const long at = (long) c * W;
      const uint n = inner - c * W;
      V x = load(a, pa + at * steps.x, steps.x, n, TA);
      V left = first ? s : x;
      V right = first ? x : s;
      store(out, pout + at * steps.y, steps.y, n, TOUT, binary_of(OP, left, right));
    })
}

#endif
