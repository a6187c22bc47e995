// Numbers of f64 on any device: `real` is a double where there are doubles, and else its bits, with
// sums, products, quotients and roots made of whole numbers and rounded to the nearest, ties to even,
// as IEEE 754 has it. Same bits either way. Results that are too large, and infinities in anything
// but comparisons, do not occur where this is used.

#if HAS_F64

typedef double real;
#define REAL(value, bits) value

static real real_of_bits(ulong bits) { return as_double(bits); }
static ulong bits_of_real(real a) { return as_ulong(a); }
static real add(real a, real b) { return a + b; }
static real multiply(real a, real b) { return a * b; }
static real divide(real a, real b) { return a / b; }
static real root(real a) { return sqrt(a); }
static real negate(real a) { return -a; }
static bool less(real a, real b) { return a < b; }
static real real_of_int(int a) { return a; }

// The whole number a, over two to the power of `places`; all of it has to fit.
static real real_of_parts(ulong a, int places) { return ldexp((double) a, -places); }

static int int_of_real(real a) { return (int) a; }
static long long_of_real(real a) { return long_of(a); }
static long floor_of_real(real a) { return (long) floor(a); }

static void store_real(output p, long at, int type, real value) { store_wide(p, at, type, value); }
static real load_real(input p, long at, int type) { return load_wide(p, at, type); }

#else

typedef ulong real;
#define REAL(value, bits) bits

#define SIGN 0x8000000000000000UL
// The leading digit of a mantissa while it is computed with: ten places more than f64 has, the last
// of which is 1 where anything lies below it.
#define LEADING 0x4000000000000000UL

static real real_of_bits(ulong bits) { return bits; }
static ulong bits_of_real(real a) { return a; }
static real negate(real a) { return a ^ SIGN; }

static ulong shifted_down(ulong m, int places) {
  return places == 0 ? m : places > 63 ? m != 0 : (m >> places) | ((m << (64 - places)) != 0);
}

// Mantissa and exponent of a number that is not 0.
static ulong parts(real a, int *exponent) {
  const ulong m = a << 12 >> 12;
  int e = a >> 52 & 0x7FF;
  const ulong whole = e == 0 ? m << 10 : (m << 10) | LEADING;
  const int up = clz(whole) - 1;
  *exponent = max(e, 1) - up;
  return whole << up;
}

// Rounds `m` with its leading digit anywhere; were it at LEADING, `exponent` would be the number's.
static real rounded(ulong sign, int exponent, ulong m) {
  if (m == 0) {
    return sign;
  }
  if (m & SIGN) {
    m = shifted_down(m, 1);
    exponent++;
  } else {
    const int up = clz(m) - 1;
    m <<= up;
    exponent -= up;
  }
  if (exponent < 1) {
    m = shifted_down(m, 1 - exponent);
    exponent = 1;
  }
  ulong kept = m >> 10;
  const ulong rest = m & 0x3FF;
  kept += rest > 0x200 || (rest == 0x200 && (kept & 1)); // a carry goes into the exponent by itself
  return sign | (((ulong) (exponent - 1) << 52) + kept);
}

static bool is_zero(real a) { return a << 1 == 0; }

static real add(real a, real b) {
  if ((a << 1) < (b << 1)) {
    const real other = a;
    a = b;
    b = other;
  }
  if (is_zero(b)) {
    return is_zero(a) ? a & b : a;
  }
  int of_a;
  int of_b;
  const ulong larger = parts(a, &of_a);
  const ulong smaller = shifted_down(parts(b, &of_b), of_a - of_b);
  if (((a ^ b) & SIGN) == 0) {
    return rounded(a & SIGN, of_a, larger + smaller);
  }
  return larger == smaller ? 0 : rounded(a & SIGN, of_a, larger - smaller);
}

static real multiply(real a, real b) {
  const ulong sign = (a ^ b) & SIGN;
  if (is_zero(a) || is_zero(b)) {
    return sign;
  }
  int of_a;
  int of_b;
  const ulong m = parts(a, &of_a);
  const ulong n = parts(b, &of_b);
  const ulong high = mul_hi(m, n);
  const ulong low = m * n;
  return rounded(
      sign, of_a + of_b - 1023, (high << 2) | (low >> 62) | ((low << 2) != 0));
}

static real divide(real a, real b) {
  const ulong sign = (a ^ b) & SIGN;
  if (is_zero(a)) {
    return sign;
  }
  int of_a;
  int of_b;
  ulong rest = parts(a, &of_a);
  const ulong n = parts(b, &of_b);
  if (rest < n) {
    rest <<= 1;
    of_a--;
  }
  ulong quotient = 1;
  rest -= n;
  for (int i = 0; i < 56; i++) {
    rest <<= 1;
    quotient <<= 1;
    if (rest >= n) {
      rest -= n;
      quotient |= 1;
    }
  }
  return rounded(sign, of_a - of_b + 1023, (quotient << 6) | (rest != 0));
}

// Of numbers from 0 on: a digit at a time.
static real root(real a) {
  if (is_zero(a)) {
    return a;
  }
  int exponent;
  ulong rest = parts(a, &exponent) >> 10 << 1;
  exponent -= 1023;
  if (exponent & 1) {
    rest <<= 1;
    exponent--;
  }
  ulong found = 0;
  ulong twice = 0;
  for (ulong digit = 1UL << 53; digit != 0; digit >>= 1) {
    const ulong with = twice + digit;
    if (with <= rest) {
      twice = with + digit;
      rest -= with;
      found |= digit;
    }
    rest <<= 1;
  }
  return rounded(0, exponent / 2 + 1023, (found << 9) | (rest != 0));
}

static bool less(real a, real b) {
  if (is_zero(a) && is_zero(b)) {
    return false;
  }
  const ulong of_a = a & SIGN ? ~a : a | SIGN;
  const ulong of_b = b & SIGN ? ~b : b | SIGN;
  return of_a < of_b;
}

static real real_of_parts(ulong a, int places) { return rounded(0, 1023 + 62 - places, a); }

static real real_of_int(int a) { return rounded(a < 0 ? SIGN : 0, 1023 + 62, abs(a)); }

// Towards 0; the ends of the range beyond them.
static long long_of_real(real a) {
  if (is_zero(a)) {
    return 0;
  }
  int exponent;
  const ulong m = parts(a, &exponent);
  const int down = 62 + 1023 - exponent;
  if (down < 0) {
    return a & SIGN ? LONG_MIN : LONG_MAX;
  }
  const long size = down > 63 ? 0 : m >> down;
  return a & SIGN ? -size : size;
}

static int int_of_real(real a) { return (int) long_of_real(a); }

static long floor_of_real(real a) {
  const long whole = long_of_real(a);
  const bool below = (a & SIGN) != 0 && less(a, rounded(SIGN, 1023 + 62, abs(whole)));
  return below ? whole - 1 : whole;
}

// To the nearest f32, and from there to the type as ever.
static void store_real(output p, long at, int type, real value) {
  uint bits = (uint) (value >> 32) & 0x80000000u;
  if (!is_zero(value)) {
    int exponent;
    ulong m = parts(value, &exponent);
    exponent += 127 - 1023;
    if (exponent < 1) {
      m = shifted_down(m, 1 - exponent);
      exponent = 1;
    }
    ulong kept = m >> 39;
    const ulong rest = m & 0x7FFFFFFFFFUL;
    kept += rest > 0x4000000000UL || (rest == 0x4000000000UL && (kept & 1));
    bits |= min(((uint) (exponent - 1) << 23) + (uint) kept, 0x7F800000u);
  }
  store_float(p, at, type, as_float(bits));
}

static real load_real(input p, long at, int type) {
  const uint bits = as_uint(load_float(p, at, type));
  const int exponent = bits >> 23 & 0xFF;
  const ulong m = (ulong) (bits & 0x7FFFFF) | (exponent == 0 ? 0 : 0x800000);
  return rounded((ulong) (bits & 0x80000000u) << 32, max(exponent, 1) - 127 + 1023, m << 39);
}

#endif

static real size_of(real a) { return real_of_bits(bits_of_real(a) & 0x7FFFFFFFFFFFFFFFUL); }
static real subtract(real a, real b) { return add(a, negate(b)); }

// The first coefficient, times x plus the next one, and so on.
static real series(constant ulong *coefficients, int n, real x) {
  real sum = real_of_bits(coefficients[0]);
  for (int i = 1; i < n; i++) {
    sum = add(multiply(sum, x), real_of_bits(coefficients[i]));
  }
  return sum;
}
