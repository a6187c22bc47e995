// Copies from one element type to another, and sequences.
//
// Whole numbers go by 64 bits, floats by the widest that the device has. TA and TOUT are constants
// in a kernel of its own for large tensors. Walks are those of elementwise.cl, an element a unit.
// Bound by memory.

#ifndef TA
#define TA type_a
#define TOUT type_out
#endif

static void convert(input a, long from, int type_a, output out, long to, int type_out) {
  const bool singles = TA == F32;
  const bool same = TA == TOUT;
  const bool doubles = TA == F64;
  if (singles && same) {
    store_float(out, to, F32, load_float(a, from, F32));
  } else if (!is_real(TA)) {
    const long value = load_long(a, from, TA);
    if (!is_real(TOUT)) {
      store_long(out, to, TOUT, value);
    } else if (TOUT == F64) {
      store_wide(out, to, F64, (wide) value);
    } else {
      store_float(out, to, TOUT, (float) value);
    }
  } else if (is_real(TOUT) || TOUT == BOOL) {
    const bool to_doubles = TOUT == F64;
    if (doubles || to_doubles) {
      store_wide(out, to, TOUT, load_wide(a, from, TA));
    } else {
      store_float(out, to, TOUT, load_float(a, from, TA));
    }
  } else {
    const wide value = load_wide(a, from, TA);
    store_long(out, to, TOUT, TOUT == I64 ? long_of(value) : (long) int_of(value));
  }
}

kernel ONE_GROUP void convert_all(input a, long at_a, output out, long at_out, int type_a,
    int type_out, uint inner, uint rows, uint count, uint4 sizes, long4 strides_a,
    long4 strides_out, long2 steps) {
  const uint units = rows * inner;
  uint unit = get_global_id(0) * count;
  const uint end = min(unit + count, units);
  if (unit >= end) {
    return;
  }
  uint row = unit / inner;
  uint column = unit % inner;
  while (unit < end) {
    const uint last = min(inner, column + (end - unit));
    unit += last - column;
    const long pa = at_a + row_start(row, sizes, strides_a);
    const long pout = at_out + row_start(row, sizes, strides_out);
    for (uint c = column; c < last; c++) {
      convert(a, pa + c * steps.x, type_a, out, pout + c * steps.y, type_out);
    }
    column = 0;
    row++;
  }
}

// out[i] = start + i * step
kernel ONE_GROUP void arange(output out, long at_out, long stride, int type_out, wide start,
    wide step, long whole_start, long whole_step, ulong n) {
  const ulong i = get_global_id(0);
  if (i >= n) {
    return;
  }
  if (is_real(type_out)) {
    store_wide(out, at_out + i * stride, type_out, start + i * step);
  } else {
    store_long(out, at_out + i * stride, type_out, whole_start + (long) i * whole_step);
  }
}
