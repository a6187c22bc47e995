// The next token from logits: CategoricalDraw on the device, by one group.
//
// Weights are whole numbers, multiples of 2^-40 of the largest one, so that sums are exact in any
// order and every device draws what the host would. Nothing is sorted: the k largest, or the fewest
// that reach a probability, are those above some key, and that key is found four bits at a time by
// what lies in each of 16 intervals. Keys are unique: of equal logits the first has the largest.
//
// Bound by passes over the logits, which stay in the cache: one for the largest, and 10 to 14 for
// each bound.

#define FOR_LOGITS(i) for (uint i = get_local_id(0); i < n; i += ITEMS)

// Bits of a key that tell places apart, so many that the whole is a multiple of four.
static int place_bits(uint n) {
  return n > 1 ? (32 - clz(n - 1) + 3) / 4 * 4 : 4;
}

static uint rising(float x) {
  const uint bits = as_uint(x + 0.0f); // -0 becomes 0
  return x != x ? 0 : bits >> 31 ? ~bits : bits | 0x80000000u;
}

static ulong key_of(float x, uint place, int places) {
  return ((ulong) rising(x) << places) | (((1u << places) - 1) - place);
}

static uint place_of(ulong key, int places) {
  const uint mask = (1u << places) - 1;
  return mask - ((uint) key & mask);
}

// exp((x - top) * inverse) in units of 2^-40, by the series of 2^h for h in [0, 1).
static ulong weight_of(float x, float top, float inverse) {
  const float exponent = (x - top) * inverse;
  if (!(exponent > -32.0f)) {
    return 0; // NaN too
  }
  const ulong steps = (ulong) (exponent * -0x1p32f); // exact
  const ulong binary = (64UL << 32) - mul_hi(steps << 1, 0xb8aa3b295c17f0bcUL);
  const ulong h = binary << 32;
  ulong power = 0x7933d4563UL;
  power = 0x6d494f4e58UL + mul_hi(power, h);
  power = 0x58b0088e972UL + mul_hi(power, h);
  power = 0x3ff97f8b1162UL + mul_hi(power, h);
  power = 0x2861225f0d8f1UL + mul_hi(power, h);
  power = 0x15d87fe78a6731UL + mul_hi(power, h);
  power = 0x9d955b7dd273b9UL + mul_hi(power, h);
  power = 0x38d611ae09417f1UL + mul_hi(power, h);
  power = 0xf5fdeffc162c754UL + mul_hi(power, h);
  power = 0x2c5c85fdf473de6bUL + mul_hi(power, h);
  power = 0x4000000000000000UL + mul_hi(power, h);
  const uint shift = 86 - (uint) (binary >> 32);
  return shift > 63 ? 0 : power >> shift;
}

// What all work-items have together; each has every one of 16 numbers in a row of its own.
static void fold_sums(local ulong *sums, local ulong *totals) {
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint bin = get_local_id(0); bin < 16; bin += ITEMS) {
    ulong total = 0;
    for (uint item = 0; item < ITEMS; item++) {
      total += sums[bin * ITEMS + item];
    }
    totals[bin] = total;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
}

// The largest key such that what lies at or above it reaches `enough`: in elements, or in the
// weights of those at or above `floor_key`.
static ulong bound(global const float *x, uint n, int places, bool weighted, float top,
    float inverse, ulong floor_key, ulong enough, local ulong *sums, local ulong *totals) {
  const uint item = get_local_id(0);
  ulong prefix = 0;
  for (int shift = 32 + places - 4; shift >= 0; shift -= 4) {
    for (uint bin = 0; bin < 16; bin++) {
      sums[bin * ITEMS + item] = 0;
    }
    FOR_LOGITS(i) {
      const ulong key = key_of(x[i], i, places);
      if (key >> (shift + 4) == prefix && key >= floor_key) {
        sums[((key >> shift) & 15) * ITEMS + item] +=
            weighted ? weight_of(x[i], top, inverse) : 1;
      }
    }
    fold_sums(sums, totals);
    uint bin = 15;
    while (bin > 0 && totals[bin] < enough) {
      enough -= totals[bin--];
    }
    prefix = prefix << 4 | bin;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  return prefix;
}

// The place of the largest logit, which the greedy take; state: its key, and a bound that keeps all.
kernel ROW_GROUP void largest(global const float *x, long at_x, global long *out, long at_out,
    global ulong *state, long at_state, uint n) {
  local ulong firsts[ITEMS];
  const uint item = get_local_id(0);
  const int places = place_bits(n);
  ulong first = 0;
  FOR_LOGITS(i) {
    first = max(first, key_of(x[at_x + i], i, places));
  }
  firsts[item] = first;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    for (uint other = 1; other < ITEMS; other++) {
      first = max(first, firsts[other]);
    }
    out[at_out] = place_of(first, places);
    state[at_state] = first;
    state[at_state + 1] = 0;
  }
}

// Keeps the k largest.
kernel ROW_GROUP void keep_most(global const float *x, long at_x, global ulong *state,
    long at_state, uint n, uint k) {
  local ulong sums[16 * ITEMS];
  local ulong totals[16];
  const ulong key = bound(x + at_x, n, place_bits(n), false, 0, 0, 0, k, sums, totals);
  if (get_local_id(0) == 0) {
    state[at_state + 1] = key;
  }
}

// Of those that are kept, the fewest that reach a probability.
kernel ROW_GROUP void keep_likely(global const float *x, long at_x, global ulong *state,
    long at_state, uint n, float inverse, ulong p) {
  local ulong sums[16 * ITEMS];
  local ulong totals[16];
  const uint item = get_local_id(0);
  const int places = place_bits(n);
  const float top = x[at_x + place_of(state[at_state], places)];
  const ulong lowest = state[at_state + 1];
  ulong sum = 0;
  FOR_LOGITS(i) {
    const float v = x[at_x + i];
    sum += key_of(v, i, places) >= lowest ? weight_of(v, top, inverse) : 0;
  }
  sums[item] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  sum = 0;
  for (uint other = 0; other < ITEMS; other++) {
    sum += sums[other];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  const ulong enough = max((ulong) 1, mul_hi(p, sum));
  const ulong key = bound(x + at_x, n, places, true, top, inverse, lowest, enough, sums, totals);
  if (item == 0) {
    state[at_state + 1] = max(lowest, key);
  }
}

// One of those that are kept. Neighbouring places belong to one work-item, since the draw goes
// through them in order; where nothing has a weight, the largest stays.
kernel ROW_GROUP void draw(global const float *x, long at_x, global long *out, long at_out,
    global const ulong *state, long at_state, uint n, float inverse, ulong bits) {
  local ulong sums[ITEMS];
  const uint item = get_local_id(0);
  const int places = place_bits(n);
  const float top = x[at_x + place_of(state[at_state], places)];
  const ulong lowest = state[at_state + 1];
  const uint share = (n + ITEMS - 1) / ITEMS;
  const uint from = min(n, item * share);
  const uint to = min(n, from + share);
  ulong own = 0;
  for (uint i = from; i < to; i++) {
    const float v = x[at_x + i];
    own += key_of(v, i, places) >= lowest ? weight_of(v, top, inverse) : 0;
  }
  sums[item] = own;
  barrier(CLK_LOCAL_MEM_FENCE);
  ulong before = 0;
  ulong sum = 0;
  for (uint other = 0; other < ITEMS; other++) {
    before += other < item ? sums[other] : 0;
    sum += sums[other];
  }
  const ulong point = mul_hi(bits, sum);
  if (point >= before && point < before + own) {
    bool found = false;
    for (uint i = from; i < to && !found; i++) {
      const float v = x[at_x + i];
      before += key_of(v, i, places) >= lowest ? weight_of(v, top, inverse) : 0;
      if (point < before) {
        out[at_out] = i;
        found = true;
      }
    }
  }
}
