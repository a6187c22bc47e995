// Elements that go from one place to another as they are: fill, copy, choose, pick by index.
//
// U is the unsigned type of an element's size; its meaning does not matter here. Walks are those of
// elementwise.cl. Bound by memory.

typedef PASTE(U, W) V;
#define VLOAD PASTE(vload, W)
#define VSTORE PASTE(vstore, W)

static V load(global const U *p, long stride, uint n) {
  if (stride == 1 && n >= W) {
    return VLOAD(0, p);
  }
  if (stride == 0) {
    return (V) *p;
  }
  U parts[W];
  for (uint i = 0; i < W; i++) {
    parts[i] = i < n ? p[i * stride] : (U) 0;
  }
  return VLOAD(0, parts);
}

static void store(global U *p, long stride, uint n, V value) {
  if (stride == 1 && n >= W) {
    VSTORE(value, 0, p);
    return;
  }
  U parts[W];
  VSTORE(value, 0, parts);
  for (uint i = 0; i < W && i < n; i++) {
    p[i * stride] = parts[i];
  }
}

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

kernel ONE_GROUP void fill(global U *out, long at_out, ulong value, uint inner, uint rows,
    uint count, uint4 sizes, long4 strides_out, long step) {
  const V all = (V) (U) value;
  FOR_UNITS(
    global U *pout = out + at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      store(pout + (long) c * W * step, step, inner - c * W, all);
    })
}

kernel ONE_GROUP void copy(global const U *a, long at_a, global U *out, long at_out, uint inner,
    uint rows, uint count, uint4 sizes, long4 strides_a, long4 strides_out, long2 steps) {
  FOR_UNITS(
    global const U *pa = a + at_a + row_start(row, sizes, strides_a);
    global U *pout = out + at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      const long at = (long) c * W;
      const uint n = inner - c * W;
      store(pout + at * steps.y, steps.y, n, load(pa + at * steps.x, steps.x, n));
    })
}

kernel ONE_GROUP void choose(global const uchar *condition, long at_condition, global const U *a,
    long at_a, global const U *b, long at_b, global U *out, long at_out, uint inner, uint rows,
    uint count, uint4 sizes, long4 strides_condition, long4 strides_a, long4 strides_b,
    long4 strides_out, long4 steps) {
  FOR_UNITS(
    const long pc = at_condition + row_start(row, sizes, strides_condition);
    const long pa = at_a + row_start(row, sizes, strides_a);
    const long pb = at_b + row_start(row, sizes, strides_b);
    const long pout = at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      const uint n = min((uint) W, inner - c * W);
      for (uint i = 0; i < n; i++) {
        const long at = (long) c * W + i;
        out[pout + at * steps.w] =
            condition[pc + at * steps.x] ? a[pa + at * steps.y] : b[pb + at * steps.z];
      }
    })
}

// out[o][j][i] = x[o][index][i]: three axes, of which the middle one is looked up. The index has
// its own strides, 0 where it does not depend on an axis.
kernel ONE_GROUP void pick(global const U *x, long at_x, global const uchar *index, long at_index,
    int type_index, global U *out, long at_out, uint inner, uint rows, uint count, uint4 sizes,
    long4 strides_x, long4 strides_index, long4 strides_out, long4 steps, long stride_x, long size,
    global int *flags, int flag, int launch) {
  FOR_UNITS(
    const long px = at_x + row_start(row, sizes, strides_x);
    const long pi = at_index + row_start(row, sizes, strides_index);
    const long pout = at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      const uint n = min((uint) W, inner - c * W);
      const long at = (long) c * W;
      if (steps.y == 0) {
        const long j = load_long(index, pi, type_index);
        if (j < 0 || j >= size) {
          report(flags, flag, launch, j);
          continue;
        }
        global const U *from = x + px + j * stride_x + at * steps.x;
        store(out + pout + at * steps.z, steps.z, n, load(from, steps.x, n));
        continue;
      }
      for (uint i = 0; i < n; i++) {
        const long j = load_long(index, pi + (at + i) * steps.y, type_index);
        if (j < 0 || j >= size) {
          report(flags, flag, launch, j);
        } else {
          out[pout + (at + i) * steps.z] = x[px + j * stride_x + (at + i) * steps.x];
        }
      }
    })
}
