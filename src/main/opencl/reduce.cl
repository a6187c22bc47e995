// Folds of axes, for any layout and type: a work-item makes one element of the result.
//
// Sums and products run in the widest float that the device has (compensated where that is f32), or
// in 64-bit integers. Folded axes are walked in their order, so that the result depends on shapes
// alone. Long folds of lines that lie in memory as they are go through fold.cl instead.

typedef struct {
  wide sum;
  wide lost;
} total;

static wide worst(int op) {
  return op == REDUCE_MAX ? (wide) -INFINITY : (wide) INFINITY;
}

static wide fold_wide(int op, wide total, wide x) {
  switch (op) {
    case REDUCE_SUM: return total + x;
    case REDUCE_PROD: return total * x;
    case REDUCE_MAX: return total != total ? total : x != x ? x : fmax(total, x);
    default: return total != total ? total : x != x ? x : fmin(total, x);
  }
}

static long fold_long(int op, long total, long x) {
  switch (op) {
    case REDUCE_SUM: return total + x;
    case REDUCE_PROD: return total * x;
    case REDUCE_MAX: return max(total, x);
    case REDUCE_MIN: return min(total, x);
    case REDUCE_ANY: return total | (x != 0);
    default: return total & (x != 0);
  }
}

// Smallest and largest number of a type of whole numbers.
static long lowest_of(int type) {
  switch (type) {
    case I64: return LONG_MIN;
    case I32: return INT_MIN;
    case I16: return SHRT_MIN;
    case I8: return CHAR_MIN;
    default: return 0;
  }
}

static long highest_of(int type) {
  switch (type) {
    case I64: return LONG_MAX;
    case I32: return INT_MAX;
    case I16: return SHRT_MAX;
    case I8: return CHAR_MAX;
    case U8: return 255;
    default: return 1;
  }
}

// The element of a walk that a number stands for.
#define PLACE(at, strides, step) \
  ((at) + row_start(place / inner, sizes, strides) + (long) (place % inner) * (step))

#define FOR_FOLDED(body)                                                          \
  for (uint i0 = 0; i0 < folded.x; i0++) {                                        \
    for (uint i1 = 0; i1 < folded.y; i1++) {                                      \
      for (uint i2 = 0; i2 < folded.z; i2++) {                                    \
        long p = from + i0 * strides_f.x + i1 * strides_f.y + i2 * strides_f.z;   \
        for (uint i3 = 0; i3 < folded.w; i3++, p += strides_f.w) {                \
          body                                                                    \
        }                                                                         \
      }                                                                           \
    }                                                                             \
  }

kernel ONE_GROUP void reduce_any(input x, long at_x, output out, long at_out, int op, int type_x,
    int type_out, uint inner, uint places, uint4 sizes, long4 strides_x, long4 strides_out,
    long2 steps, uint4 folded, long4 strides_f) {
  const uint place = get_global_id(0);
  if (place >= places) {
    return;
  }
  const long from = PLACE(at_x, strides_x, steps.x);
  const long to = PLACE(at_out, strides_out, steps.y);
  if (is_real(type_x) && op != REDUCE_ANY && op != REDUCE_ALL) {
    wide total = op == REDUCE_SUM ? 0 : op == REDUCE_PROD ? 1 : worst(op);
#if HAS_F64
    FOR_FOLDED(total = fold_wide(op, total, load_wide(x, p, type_x));)
#else
    wide lost = 0;
    FOR_FOLDED(
        if (op == REDUCE_SUM) {
          // Kahan (1965): what an addition rounds away is taken into the next
          wide y = load_wide(x, p, type_x) - lost;
          wide t = total + y;
          lost = (t - total) - y;
          lost = lost != lost ? 0 : lost;
          total = t;
        } else {
          total = fold_wide(op, total, load_wide(x, p, type_x));
        })
#endif
    store_wide(out, to, type_out, total);
  } else {
    long total = op == REDUCE_SUM || op == REDUCE_ANY ? 0
                 : op == REDUCE_MAX                   ? lowest_of(type_x)
                 : op == REDUCE_MIN                   ? highest_of(type_x)
                                                      : 1;
    FOR_FOLDED(
        total = fold_long(op, total,
            is_real(type_x) ? load_wide(x, p, type_x) != 0 : load_long(x, p, type_x));)
    store_long(out, to, type_out, total);
  }
}

// Index of the first extremum of a line; NaN is the best of all.
kernel ONE_GROUP void arg_reduce(input x, long at_x, output out, long at_out, int op, int type_x,
    int type_out, uint inner, uint places, uint4 sizes, long4 strides_x, long4 strides_out,
    long2 steps, long n, long stride) {
  const uint place = get_global_id(0);
  if (place >= places) {
    return;
  }
  const long from = PLACE(at_x, strides_x, steps.x);
  long best = 0;
  if (is_real(type_x)) {
    wide most = load_wide(x, from, type_x);
    for (long i = 1; i < n && most == most; i++) {
      const wide v = load_wide(x, from + i * stride, type_x);
      if (v != v || (op == REDUCE_MAX ? v > most : v < most)) {
        most = v;
        best = i;
      }
    }
  } else {
    long most = load_long(x, from, type_x);
    for (long i = 1; i < n; i++) {
      const long v = load_long(x, from + i * stride, type_x);
      if (op == REDUCE_MAX ? v > most : v < most) {
        most = v;
        best = i;
      }
    }
  }
  store_long(out, PLACE(at_out, strides_out, steps.y), type_out, best);
}

// Running sum of a line.
kernel ONE_GROUP void running_sum(input x, long at_x, output out, long at_out, int op, int type_x,
    int type_out, uint inner, uint places, uint4 sizes, long4 strides_x, long4 strides_out,
    long2 steps, long n, long stride, long stride_out) {
  const uint place = get_global_id(0);
  if (place >= places) {
    return;
  }
  const long from = PLACE(at_x, strides_x, steps.x);
  const long to = PLACE(at_out, strides_out, steps.y);
  wide real = 0;
  long whole = 0;
  for (long i = 0; i < n; i++) {
    if (is_real(type_x)) {
      real += load_wide(x, from + i * stride, type_x);
      store_wide(out, to + i * stride_out, type_out, real);
    } else {
      whole += load_long(x, from + i * stride, type_x);
      store_long(out, to + i * stride_out, type_out, whole);
    }
  }
}

static wide log_add_exp(wide a, wide b) {
  if (a == b && isinf(a)) {
    return a; // the difference of equal infinities is no number
  }
  if (a != a || b != b) {
    return a + b;
  }
  return fmax(a, b) + log1p(exp(-fabs(a - b)));
}

// Other running folds of a line.
kernel ONE_GROUP void scan(input x, long at_x, output out, long at_out, int op, int type_x,
    int type_out, uint inner, uint places, uint4 sizes, long4 strides_x, long4 strides_out,
    long2 steps, long n, long stride, long stride_out) {
  const uint place = get_global_id(0);
  if (place >= places) {
    return;
  }
  const long from = PLACE(at_x, strides_x, steps.x);
  const long to = PLACE(at_out, strides_out, steps.y);
  wide real = op == SCAN_PROD ? 1 : -INFINITY;
  long whole = 1;
  long best = 0;
  for (long i = 0; i < n; i++) {
    const long p = from + i * stride;
    const long q = to + i * stride_out;
    if (op == SCAN_ARG_MAX || op == SCAN_ARG_MIN) {
      if (is_real(type_x)) {
        const wide v = load_wide(x, p, type_x);
        if (i == 0 || v != v || (op == SCAN_ARG_MAX ? v >= real : v <= real)) {
          best = i;
          real = v;
        }
      } else {
        const long v = load_long(x, p, type_x);
        if (i == 0 || (op == SCAN_ARG_MAX ? v >= whole : v <= whole)) {
          best = i;
          whole = v;
        }
      }
      store_long(out, q, type_out, best);
    } else if (is_real(type_x)) {
      const wide v = load_wide(x, p, type_x);
      real = op == SCAN_PROD ? real * v : log_add_exp(real, v);
      store_wide(out, q, type_out, real);
    } else {
      whole *= load_long(x, p, type_x);
      store_long(out, q, type_out, whole);
    }
  }
}
