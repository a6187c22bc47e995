// Folds of f32 (and 16-bit floats, by f32) that lie in memory as [outer, D, inner]: long ones, in
// vectors. OP and TX are constants.
//
// The D elements are cut into segments by shape, each folded into one partial result; where there
// is more than one, they are folded again. Inside a segment every lane folds every W-th (on a GPU
// every GROUP*W-th) element, and the lanes are folded in halves: one tree for one shape.
//
// Bound by memory.

typedef PASTE(float, W) V;

#if OP == REDUCE_SUM
#define NEUTRAL 0.0f
#define FOLD(a, b) ((a) + (b))
#elif OP == REDUCE_PROD
#define NEUTRAL 1.0f
#define FOLD(a, b) ((a) * (b))
#elif OP == REDUCE_MAX
#define NEUTRAL (-INFINITY)
#define FOLD(a, b) ((a) != (a) ? (a) : (b) != (b) ? (b) : fmax(a, b))
#else
#define NEUTRAL INFINITY
#define FOLD(a, b) ((a) != (a) ? (a) : (b) != (b) ? (b) : fmin(a, b))
#endif

static V load_vector(input x, long at) {
#if TX == F32
  return PASTE(vload, W)(0, (global const float *) x + at);
#elif TX == BF16
  return PASTE(as_float, W)(PASTE(convert_uint, W)(PASTE(vload, W)(0, (global const ushort *) x + at)) << 16);
#else
  return load_halves((global const half *) x + at);
#endif
}

static float lanes(V v) {
#if W == 16
  float8 a = FOLD(v.lo, v.hi);
  float4 b = FOLD(a.lo, a.hi);
#else
  float4 b = v;
#endif
  float2 c = FOLD(b.lo, b.hi);
  return FOLD(c.x, c.y);
}

// inner = 1. A group folds one segment of one row.
kernel __attribute__((reqd_work_group_size(ROWS, 1, 1))) void fold_rows(input x, long at_x,
    output out, long at_out, int type_out, uint d, uint segment, uint segments) {
  const uint row = get_group_id(0) / segments;
  const uint part = get_group_id(0) % segments;
  const uint first = part * segment;
  const uint end = min(d, first + segment);
  const long from = at_x + (long) row * d;
  const uint item = get_local_id(0);
  V a = (V) NEUTRAL;
  V b = (V) NEUTRAL;
  uint i = first + item * W;
  for (; i + ROWS * W + W <= end; i += 2 * ROWS * W) {
    V va = load_vector(x, from + i);
    V vb = load_vector(x, from + i + ROWS * W);
    a = FOLD(a, va);
    b = FOLD(b, vb);
  }
  for (; i < end; i += ROWS * W) {
    if (i + W <= end) {
      V va = load_vector(x, from + i);
      a = FOLD(a, va);
    } else {
      float rest = NEUTRAL;
      for (uint j = i; j < end; j++) {
        float one = load_float(x, from + j, TX);
        rest = FOLD(rest, one);
      }
      a.s0 = FOLD(a.s0, rest);
    }
  }
  a = FOLD(a, b);
  float total = lanes(a);
#if ROWS > 1
  local float shared[ROWS];
  shared[item] = total;
  for (uint half_of = ROWS / 2; half_of > 0; half_of /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_of) {
      shared[item] = FOLD(shared[item], shared[item + half_of]);
    }
  }
  total = shared[0];
#endif
  if (item == 0) {
    store_float(out, at_out + get_group_id(0), type_out, total);
  }
}

// inner > 1. A work-item folds W neighbouring columns of one segment.
kernel ONE_GROUP void fold_columns(input x, long at_x, output out, long at_out, int type_out,
    uint outer, uint d, uint inner, uint segment, uint segments) {
  const uint of_row = (inner + W - 1) / W;
  const uint item = get_global_id(0);
  if (item >= outer * segments * of_row) {
    return;
  }
  const uint column = item % of_row * W;
  const uint part = item / of_row % segments;
  const uint o = item / of_row / segments;
  const uint first = part * segment;
  const uint end = min(d, first + segment);
  const long from = at_x + (long) o * d * inner + column;
  const long to = at_out + ((long) o * segments + part) * inner + column;
  if (column + W <= inner) {
    V a = (V) NEUTRAL;
    for (uint i = first; i < end; i++) {
      V v = load_vector(x, from + (long) i * inner);
      a = FOLD(a, v);
    }
    float parts[W];
    PASTE(vstore, W)(a, 0, parts);
    for (uint j = 0; j < W; j++) {
      store_float(out, to + j, type_out, parts[j]);
    }
  } else {
    for (uint j = 0; column + j < inner; j++) {
      float a = NEUTRAL;
      for (uint i = first; i < end; i++) {
        float v = load_float(x, from + (long) i * inner + j, TX);
        a = FOLD(a, v);
      }
      store_float(out, to + j, type_out, a);
    }
  }
}
