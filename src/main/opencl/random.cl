// Random numbers as functions of seed, counter and place: Philox4x32-10 (Salmon et al., 2011), the
// same bits as on every other device. Results are contiguous. Bound by ten rounds of products; on a
// device without f64, where real64.cl computes it, by that.

#include "real64.cl"

static uint4 philox(ulong seed, ulong counter) {
  uint4 c = (uint4)((uint) counter, (uint) (counter >> 32), 0, 0);
  uint2 k = (uint2)((uint) seed, (uint) (seed >> 32));
  for (int i = 0; i < 10; i++) {
    const uint h0 = mul_hi(0xD2511F53u, c.x);
    const uint h1 = mul_hi(0xCD9E8D57u, c.z);
    c = (uint4)(h1 ^ c.y ^ k.x, 0xCD9E8D57u * c.z, h0 ^ c.w ^ k.y, 0xD2511F53u * c.x);
    k += (uint2)(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}

// In [0, 1) from 53 bits.
static real unit_of(uint high, uint low) {
  return real_of_parts((((ulong) high << 32) | low) >> 11, 53);
}

// Two elements a block: uniform in [a, b), or whole numbers; `width` is b - a.
kernel ONE_GROUP void uniform(output out, long at_out, int type_out, int whole, ulong seed,
    ulong counter, real a, real b, real width, ulong n) {
  const ulong pair = get_global_id(0);
  if (2 * pair >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + pair);
  for (uint i = 0; i < 2 && 2 * pair + i < n; i++) {
    const real unit = i == 0 ? unit_of(words.x, words.y) : unit_of(words.z, words.w);
    const real value = add(a, multiply(width, unit));
    const long at = at_out + 2 * pair + i;
    if (whole) {
      const long below = floor_of_real(value);
      if (is_real(type_out)) {
        store_wide(out, at, type_out, (wide) below);
      } else {
        store_long(out, at, type_out, below);
      }
    } else if (is_real(type_out)) {
      store_real(out, at, type_out, value);
      if (!less(load_real(out, at, type_out), b)) {
        store_real(out, at, type_out, a); // rounding must not reach the open end
      }
    } else {
      store_long(out, at, type_out, long_of_real(value));
    }
  }
}

static void store_number(output out, long at, int type, real value) {
  if (is_real(type)) {
    store_real(out, at, type, value);
  } else {
    store_long(out, at, type, long_of_real(value));
  }
}

// BoxMuller, line by line.

// 1/21, 1/19 ... 1/3
constant ulong LOGARITHM[10] = {
    0x3fa8618618618618UL, 0x3faaf286bca1af28UL, 0x3fae1e1e1e1e1e1eUL, 0x3fb1111111111111UL,
    0x3fb3b13b13b13b14UL, 0x3fb745d1745d1746UL, 0x3fbc71c71c71c71cUL, 0x3fc2492492492492UL,
    0x3fc999999999999aUL, 0x3fd5555555555555UL};

// 1/k! with signs, for odd k from 17 down to 3
constant ulong SINE[8] = {
    0x3ce952c77030ad4aUL, 0xbd6ae7f3e733b81fUL, 0x3de6124613a86d09UL, 0xbe5ae64567f544e4UL,
    0x3ec71de3a556c734UL, 0xbf2a01a01a01a01aUL, 0x3f81111111111111UL, 0xbfc5555555555555UL};

// 1/k! with signs, for even k from 16 down to 2
constant ulong COSINE[8] = {
    0x3d2ae7f3e733b81fUL, 0xbda93974a8c07c9dUL, 0x3e21eed8eff8d898UL, 0xbe927e4fb7789f5cUL,
    0x3efa01a01a01a01aUL, 0xbf56c16c16c16c17UL, 0x3fa5555555555555UL, 0xbfe0000000000000UL};

#define ONE REAL(1, 0x3ff0000000000000UL)
#define TWO REAL(2, 0x4000000000000000UL)
#define LN2_HIGH REAL(0x1.62e42fef00000p-1, 0x3fe62e42fef00000UL)
#define LN2_LOW REAL(0x1.473de6af278edp-34, 0x3dd473de6af278edUL)
#define HALF REAL(0.5, 0x3fe0000000000000UL)
#define FOUR REAL(4, 0x4010000000000000UL)
#define QUARTER REAL(0.25, 0x3fd0000000000000UL)
#define TWO_PI REAL(6.283185307179586, 0x401921fb54442d18UL)
#define SQRT_TWO REAL(1.4142135623730951, 0x3ff6a09e667f3bcdUL)
#define LOG2_E REAL(1.4426950408889634, 0x3ff71547652b82feUL)
#define SQRT_TWO_PI REAL(2.5066282746310002, 0x40040d931ff62705UL)
#define TINY REAL(1e-300, 0x01a56e1fc2f8f359UL)
#define TWO_TO_64 REAL(0x1p64, 0x43f0000000000000UL)
#define LN_OF_TWO_TO_64 REAL(44.3614195558365, 0x40462e42fefa39efUL)
#define START_C0 REAL(2.515517, 0x40041fc7607c419aUL)
#define START_C1 REAL(0.802853, 0x3fe9b0f8c64fdb0aUL)
#define START_C2 REAL(0.010328, 0x3f8526d8b1dd5d3eUL)
#define START_D1 REAL(1.432788, 0x3ff6ecb31c219eb6UL)
#define START_D2 REAL(0.189269, 0x3fc839f77292c493UL)
#define START_D3 REAL(0.001308, 0x3f556e264e48626fUL)
#define SMALLEST REAL(1e-315, 0x000000000c1069cdUL)
#define LARGEST REAL((1 - 0x1p-53), 0x3fefffffffffffffUL)
#define THREE REAL(3, 0x4008000000000000UL)
#define FORTY REAL(40, 0x4044000000000000UL)
#define SETTLED REAL(1e-18, 0x3c32725dd1d243acUL)

static real log_of(real x) {
  const ulong bits = bits_of_real(x);
  int exponent = (int) (bits >> 52) - 1023;
  real m = real_of_bits((bits & 0x000fffffffffffffUL) | 0x3ff0000000000000UL);
  if (less(SQRT_TWO, m)) {
    m = multiply(m, HALF);
    exponent++;
  }
  const real f = subtract(m, ONE);
  const real s = divide(f, add(TWO, f));
  const real square = multiply(s, s);
  const real sum = multiply(series(LOGARITHM, 10, square), square);
  const real of_m = multiply(TWO, add(s, multiply(s, sum)));
  const real e = real_of_int(exponent);
  return add(multiply(e, LN2_HIGH), add(multiply(e, LN2_LOW), of_m));
}

static real sin_of(real x) {
  const real square = multiply(x, x);
  return add(x, multiply(x, multiply(series(SINE, 8, square), square)));
}

static real cos_of(real x) {
  const real square = multiply(x, x);
  return add(ONE, multiply(series(COSINE, 8, square), square));
}

// Two elements a block: normal numbers of mean a and deviation b.
kernel ONE_GROUP void normal(output out, long at_out, int type_out, ulong seed, ulong counter,
    real a, real b, ulong n) {
  const ulong pair = get_global_id(0);
  if (2 * pair >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + pair);
  const real above = subtract(ONE, unit_of(words.x, words.y));
  const real radius = root(multiply(negate(TWO), log_of(above)));
  const real turn = unit_of(words.z, words.w);
  const int quarter = int_of_real(add(multiply(FOUR, turn), HALF));
  const real rest = subtract(turn, multiply(QUARTER, real_of_int(quarter)));
  const real angle = multiply(rest, TWO_PI);
  const real c = cos_of(angle);
  const real s = sin_of(angle);
  const real cosine = quarter & 1 ? s : c;
  const real sine = quarter & 1 ? c : s;
  for (uint i = 0; i < 2 && 2 * pair + i < n; i++) {
    const real part = i == 0 ? ((quarter + 1) & 2 ? negate(cosine) : cosine)
                             : (quarter & 2 ? negate(sine) : sine);
    const real value = add(a, multiply(b, multiply(radius, part)));
    store_number(out, at_out + 2 * pair + i, type_out, value);
  }
}

// TruncatedNormal, line by line.

// 1/k! for k from 13 down to 2
constant ulong EXPONENTIAL[12] = {
    0x3de6124613a86d09UL, 0x3e21eed8eff8d898UL, 0x3e5ae64567f544e4UL, 0x3e927e4fb7789f5cUL,
    0x3ec71de3a556c734UL, 0x3efa01a01a01a01aUL, 0x3f2a01a01a01a01aUL, 0x3f56c16c16c16c17UL,
    0x3f81111111111111UL, 0x3fa5555555555555UL, 0x3fc5555555555555UL, 0x3fe0000000000000UL};

static real power_of_two(int exponent) {
  return real_of_bits((ulong) (exponent + 1023) << 52);
}

static real density(real x) {
  const real power = multiply(multiply(negate(HALF), x), x);
  const int exponent = int_of_real(subtract(multiply(power, LOG2_E), HALF));
  const real e = real_of_int(exponent);
  const real rest = subtract(subtract(power, multiply(e, LN2_HIGH)), multiply(e, LN2_LOW));
  const real curve = multiply(multiply(rest, rest), series(EXPONENTIAL, 12, rest));
  const int half_of = exponent / 2;
  const real most = multiply(add(ONE, add(rest, curve)), power_of_two(half_of));
  return divide(multiply(most, power_of_two(exponent - half_of)), SQRT_TWO_PI);
}

// The probability of what is below x.
static real below(real x) {
  const real t = size_of(x);
  real p = real_of_bits(0);
  if (less(t, THREE)) {
    real term = negate(t);
    real sum = term;
    for (int i = 3; less(multiply(SETTLED, size_of(sum)), size_of(term)); i += 2) {
      term = multiply(term, divide(multiply(x, x), real_of_int(i)));
      sum = add(sum, term);
    }
    p = add(HALF, multiply(sum, density(x)));
  } else if (!less(FORTY, t)) {
    real fraction = t;
    for (int i = 90; i >= 1; i--) {
      fraction = add(t, divide(real_of_int(i), fraction));
    }
    p = divide(density(x), fraction);
  }
  return less(real_of_bits(0), x) ? subtract(ONE, p) : p;
}

static real inverse_of_lower_half(real p) {
  if (!less(p, HALF)) {
    return real_of_bits(0);
  }
  const real log =
      less(p, TINY) ? subtract(log_of(multiply(p, TWO_TO_64)), LN_OF_TWO_TO_64) : log_of(p);
  const real t = root(multiply(negate(TWO), log));
  const real over =
      add(START_C0, multiply(t, add(START_C1, multiply(t, START_C2))));
  const real under = add(ONE, multiply(t, add(START_D1,
      multiply(t, add(START_D2, multiply(t, START_D3))))));
  real x = subtract(divide(over, under), t);
  for (int i = 0; i < 2; i++) {
    const real error = divide(subtract(below(x), p), density(x));
    x = subtract(x, divide(error, add(ONE, multiply(multiply(HALF, x), error))));
  }
  return x;
}

static real within(real x, real low, real high) {
  return less(x, low) ? low : less(high, x) ? high : x;
}

// Two elements a block, from the interval from low to high that begins below 0, or its mirror image;
// `start` is the probability of what is below low, `width` that of the interval.
kernel ONE_GROUP void truncated_normal(output out, long at_out, int type_out, ulong seed,
    ulong counter, int mirrored, real low, real high, real start, real width, ulong n) {
  const ulong pair = get_global_id(0);
  if (2 * pair >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + pair);
  for (uint i = 0; i < 2 && 2 * pair + i < n; i++) {
    const real drawn = i == 0 ? unit_of(words.x, words.y) : unit_of(words.z, words.w);
    const real u = mirrored ? subtract(ONE, drawn) : drawn;
    const real p = within(add(start, multiply(u, width)),
        SMALLEST, LARGEST);
    const bool upper = less(HALF, p);
    const real size = inverse_of_lower_half(upper ? subtract(ONE, p) : p);
    const real value = within(upper ? negate(size) : size, low, high);
    store_number(out, at_out + 2 * pair + i, type_out, mirrored ? negate(value) : value);
  }
}

// Groups of 64 elements from 16 blocks: word w of block i makes element 16 w + i.
kernel ONE_GROUP void bernoulli(output out, long at_out, int type_out, uint threshold, ulong seed,
    ulong counter, ulong n) {
  const ulong block = get_global_id(0);
  const ulong first = block / 16 * 64 + block % 16;
  if (first >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + block);
  const uint all[4] = {words.x, words.y, words.z, words.w};
  for (uint w = 0; w < 4; w++) {
    const ulong i = first + 16 * w;
    if (i < n) {
      const int drawn = all[w] < threshold;
      if (is_real(type_out)) {
        store_wide(out, at_out + i, type_out, (wide) drawn);
      } else {
        store_long(out, at_out + i, type_out, drawn);
      }
    }
  }
}

// x times `scale`, or 0 where an element is drawn; the words of `bernoulli`.
kernel ONE_GROUP void dropout(global const float *x, long at_x, global float *out, long at_out,
    uint threshold, float scale, ulong seed, ulong counter, ulong n) {
  const ulong block = get_global_id(0);
  const ulong first = block / 16 * 64 + block % 16;
  if (first >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + block);
  const uint all[4] = {words.x, words.y, words.z, words.w};
  for (uint w = 0; w < 4; w++) {
    const ulong i = first + 16 * w;
    if (i < n) {
      out[at_out + i] = all[w] < threshold ? 0 : x[at_x + i] * scale;
    }
  }
}

// The neighbour in a narrower type that 32 random bits choose; the largest finite number and what is
// beyond it is rounded as ever. `mantissa` bits and the smallest exponent are those of the type.
static wide round_by(wide x, uint word, int mantissa, int smallest, wide largest) {
  const wide size = fabs(x);
  if (size == 0 || !(size < largest)) {
    return x;
  }
  const int last = max(ilogb(size), smallest) - mantissa;
  const wide units = ldexp(size, -last); // exact: a power of two
  const wide below = floor(units);
  const bool up = (wide) word < (units - below) * WIDE(0x1p32);
  return copysign(ldexp(up ? below + 1 : below, last), x);
}

kernel ONE_GROUP void round_all(input x, long at_x, output out, long at_out, int type_x,
    int type_out, ulong seed, ulong counter, int mantissa, int smallest, wide largest, ulong n) {
  const ulong block = get_global_id(0);
  if (4 * block >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + block);
  const uint all[4] = {words.x, words.y, words.z, words.w};
  for (uint i = 0; i < 4 && 4 * block + i < n; i++) {
    const long at = 4 * block + i;
    const wide value = load_wide(x, at_x + at, type_x);
    store_wide(out, at_out + at, type_out,
        type_out == F64 ? value : round_by(value, all[i], mantissa, smallest, largest));
  }
}
