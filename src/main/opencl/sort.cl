// Stable sorting of lines, and looking up places in sorted ones.
//
// Every element becomes a 64-bit key that is ordered as it should be, with its index beside it.
// Runs of 1, 2, 4 ... elements are merged: each element of two neighbouring runs finds its place in
// the result by counting those of the other run before it, with a binary search. Elements of the
// left run stand before their equals of the right run, which keeps the sort stable.
//
// log n passes of n log n steps; bound by scattered reads.

#define LINE(at, strides, step) \
  ((at) + row_start(line / inner, sizes, strides) + (long) (line % inner) * (step))

static ulong key_of(input x, long at, int type, int descending) {
  ulong key;
  if (is_real(type)) {
    const wide v = load_wide(x, at, type);
#if HAS_F64
    const ulong bits = as_ulong(v + 0.0); // -0 + 0 is 0
#else
    const ulong bits = (ulong) as_uint(v + 0.0f) << 32;
#endif
    key = v != v ? ULONG_MAX : bits >> 63 ? ~bits : bits | 0x8000000000000000UL;
  } else {
    key = (ulong) load_long(x, at, type) ^ 0x8000000000000000UL;
  }
  return descending ? ~key : key;
}

kernel ONE_GROUP void keys(input x, long at_x, int type_x, int descending, uint inner, uint lines,
    uint4 sizes, long4 strides_x, long step, uint n, long stride, global ulong *keys, long at_keys,
    global uint *places, long at_places) {
  const ulong id = get_global_id(0);
  if (id >= (ulong) lines * n) {
    return;
  }
  const uint line = id / n;
  const uint i = id % n;
  keys[at_keys + id] = key_of(x, LINE(at_x, strides_x, step) + i * stride, type_x, descending);
  places[at_places + id] = i;
}

// Merges runs of `width` elements; the last of a line may be shorter.
kernel ONE_GROUP void merge(global const ulong *keys, long at_keys, global const uint *places,
    long at_places, global ulong *keys_out, long at_keys_out, global uint *places_out,
    long at_places_out, uint lines, uint n, uint width) {
  const ulong id = get_global_id(0);
  if (id >= (ulong) lines * n) {
    return;
  }
  const uint i = id % n;
  const ulong start = id - i;
  const uint run = i / width;
  const bool right = run & 1;
  const uint own = run * width;
  const uint other = right ? own - width : min(n, own + width);
  const uint end = right ? own : min(n, other + width);
  const ulong key = keys[at_keys + id];
  uint low = other;
  uint high = end;
  while (low < high) {
    const uint middle = (low + high) / 2;
    const ulong k = keys[at_keys + start + middle];
    if (right ? k <= key : k < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const uint base = right ? other : own;
  const ulong to = start + base + (i - own) + (low - other);
  keys_out[at_keys_out + to] = key;
  places_out[at_places_out + to] = places[at_places + id];
}

// The first `count` of every line: their values and where they stood.
kernel ONE_GROUP void take(input x, long at_x, output values, long at_values, output indices,
    long at_indices, int type_x, int type_indices, uint inner, uint lines, uint4 sizes,
    long4 strides_x, long4 strides_values, long4 strides_indices, long4 steps, uint n, uint count,
    long stride_x, long stride_values, long stride_indices, global const uint *places,
    long at_places) {
  const ulong id = get_global_id(0);
  if (id >= (ulong) lines * count) {
    return;
  }
  const uint line = id / count;
  const uint i = id % count;
  const uint place = places[at_places + (ulong) line * n + i];
  const long from = LINE(at_x, strides_x, steps.x) + place * stride_x;
  const long to = LINE(at_values, strides_values, steps.y) + i * stride_values;
  if (is_real(type_x)) {
    store_wide(values, to, type_x, load_wide(x, from, type_x));
  } else {
    store_long(values, to, type_x, load_long(x, from, type_x));
  }
  store_long(indices, LINE(at_indices, strides_indices, steps.z) + i * stride_indices, type_indices,
      place);
}

// Elements below a value, or not above it. NaN stands behind all others: an element that is NaN
// ends the search, and then nothing stops the value before the end of the line.
kernel ONE_GROUP void search(input sorted, long at_sorted, input values, long at_values, output out,
    long at_out, int type_x, int right, uint inner, uint lines, uint4 sizes, long4 strides_sorted,
    long4 strides_values, long4 strides_out, long4 steps, long n, uint m, long stride_sorted,
    long stride_values, long stride_out) {
  const ulong id = get_global_id(0);
  if (id >= (ulong) lines * m) {
    return;
  }
  const uint line = id / m;
  const uint i = id % m;
  const long from = LINE(at_sorted, strides_sorted, steps.x);
  const long at = LINE(at_values, strides_values, steps.y) + i * stride_values;
  long low = 0;
  long high = n;
  if (is_real(type_x)) {
    const wide value = load_wide(values, at, type_x);
    while (low < high) {
      const long middle = (low + high) / 2;
      const wide e = load_wide(sorted, from + middle * stride_sorted, type_x);
      if (e != e || (right ? e > value : e >= value)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low < n) {
      const wide e = load_wide(sorted, from + low * stride_sorted, type_x);
      low = e != e ? n : low;
    }
  } else {
    const long value = load_long(values, at, type_x);
    while (low < high) {
      const long middle = (low + high) / 2;
      const long e = load_long(sorted, from + middle * stride_sorted, type_x);
      if (right ? e > value : e >= value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
  }
  store_long(out, LINE(at_out, strides_out, steps.z) + i * stride_out, I64, low);
}
