// Random numbers as functions of seed, counter and place: Philox4x32-10 (Salmon et al., 2011), the
// same bits as on every other device. Results are contiguous. Bound by ten rounds of products.

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

#if HAS_F64

// In [0, 1) from 53 bits.
static double unit_of(uint high, uint low) {
  return (double) ((((ulong) high << 32) | low) >> 11) * 0x1.0p-53;
}

// Two elements a block: uniform in [a, b), or whole numbers.
kernel ONE_GROUP void uniform(output out, long at_out, int type_out, int whole, ulong seed,
    ulong counter, double a, double b, ulong n) {
  const ulong pair = get_global_id(0);
  if (2 * pair >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + pair);
  for (uint i = 0; i < 2 && 2 * pair + i < n; i++) {
    const double unit = i == 0 ? unit_of(words.x, words.y) : unit_of(words.z, words.w);
    const double value = a + (b - a) * unit;
    const long at = at_out + 2 * pair + i;
    if (whole) {
      const double below = floor(value);
      if (is_real(type_out)) {
        store_wide(out, at, type_out, below);
      } else {
        store_long(out, at, type_out, (long) below);
      }
    } else if (is_real(type_out)) {
      store_wide(out, at, type_out, value);
      if (load_wide(out, at, type_out) >= b) {
        store_wide(out, at, type_out, a); // rounding must not reach the open end
      }
    } else {
      store_long(out, at, type_out, long_of(value));
    }
  }
}

// BoxMuller, line by line.
static double log_of(double x) {
  const ulong bits = as_ulong(x);
  int exponent = (int) (bits >> 52) - 1023;
  double m = as_double((bits & 0x000fffffffffffffUL) | 0x3ff0000000000000UL);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const double f = m - 1;
  const double s = f / (2 + f);
  const double square = s * s;
  double sum = 0.047619047619047616;
  sum = sum * square + 0.05263157894736842;
  sum = sum * square + 0.058823529411764705;
  sum = sum * square + 0.06666666666666667;
  sum = sum * square + 0.07692307692307693;
  sum = sum * square + 0.09090909090909091;
  sum = sum * square + 0.1111111111111111;
  sum = sum * square + 0.14285714285714285;
  sum = sum * square + 0.2;
  sum = sum * square + 0.3333333333333333;
  sum = sum * square;
  return exponent * 0x1.62e42fef00000p-1 + (exponent * 0x1.473de6af278edp-34 + 2 * (s + s * sum));
}

static double sin_of(double x) {
  const double square = x * x;
  double sum = 2.8114572543455206e-15;
  sum = sum * square + -7.647163731819816e-13;
  sum = sum * square + 1.6059043836821613e-10;
  sum = sum * square + -2.505210838544172e-08;
  sum = sum * square + 2.7557319223985893e-06;
  sum = sum * square + -0.0001984126984126984;
  sum = sum * square + 0.008333333333333333;
  sum = sum * square + -0.16666666666666666;
  return x + x * (sum * square);
}

static double cos_of(double x) {
  const double square = x * x;
  double sum = 4.779477332387385e-14;
  sum = sum * square + -1.1470745597729725e-11;
  sum = sum * square + 2.08767569878681e-09;
  sum = sum * square + -2.755731922398589e-07;
  sum = sum * square + 2.48015873015873e-05;
  sum = sum * square + -0.001388888888888889;
  sum = sum * square + 0.041666666666666664;
  sum = sum * square + -0.5;
  return 1 + sum * square;
}

// Two elements a block: normal numbers of mean a and deviation b.
kernel ONE_GROUP void normal(output out, long at_out, int type_out, ulong seed, ulong counter,
    double a, double b, ulong n) {
  const ulong pair = get_global_id(0);
  if (2 * pair >= n) {
    return;
  }
  const uint4 words = philox(seed, counter + pair);
  const double radius = sqrt(-2 * log_of(1 - unit_of(words.x, words.y)));
  const double turn = unit_of(words.z, words.w);
  const int quarter = (int) (4 * turn + 0.5);
  const double angle = (turn - 0.25 * quarter) * 6.283185307179586;
  const double c = cos_of(angle);
  const double s = sin_of(angle);
  const double cosine = quarter & 1 ? s : c;
  const double sine = quarter & 1 ? c : s;
  for (uint i = 0; i < 2 && 2 * pair + i < n; i++) {
    const double part = i == 0 ? ((quarter + 1) & 2 ? -cosine : cosine)
                               : (quarter & 2 ? -sine : sine);
    const double value = a + b * (radius * part);
    const long at = at_out + 2 * pair + i;
    if (is_real(type_out)) {
      store_wide(out, at, type_out, value);
    } else {
      store_long(out, at, type_out, long_of(value));
    }
  }
}

#endif

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
