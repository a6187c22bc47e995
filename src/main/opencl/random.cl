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
