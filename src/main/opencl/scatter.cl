// Values that go to places found by index, and indices that count from the end.
//
// Nothing is atomic: whoever owns a line of the result goes through its sources in their order, so
// that sums are the same in every run. Bound by memory; the sums of rows (the gradient of an
// embedding) by reading the index once for every owner.

#define LINE(at, strides, step) \
  ((at) + row_start(line / inner, sizes, strides) + (long) (line % inner) * (step))

static wide combine_wide(int op, wide a, wide b) {
  switch (op) {
    case SCATTER_SET: return b;
    case SCATTER_ADD: return a + b;
    case SCATTER_MUL: return a * b;
    case SCATTER_MAX: return a != a ? a : b != b ? b : fmax(a, b);
    default: return a != a ? a : b != b ? b : fmin(a, b);
  }
}

static long combine_long(int op, long a, long b) {
  switch (op) {
    case SCATTER_SET: return b;
    case SCATTER_ADD: return a + b;
    case SCATTER_MUL: return a * b;
    case SCATTER_MAX: return max(a, b);
    default: return min(a, b);
  }
}

// A work-item owns a line of the result along the indexed axis.
kernel ONE_GROUP void scatter(output out, long at_out, input index, long at_index, input source,
    long at_source, int op, int type_out, int type_index, uint inner, uint lines, uint4 sizes,
    long4 strides_out, long4 strides_index, long4 strides_source, long4 steps, long n,
    long stride_out, long stride_index, long stride_source, long size, global int *flags, int flag,
    int launch) {
  const uint line = get_global_id(0);
  if (line >= lines) {
    return;
  }
  const long to = LINE(at_out, strides_out, steps.x);
  const long from = LINE(at_index, strides_index, steps.y);
  const long values = LINE(at_source, strides_source, steps.z);
  for (long i = 0; i < n; i++) {
    const long j = load_long(index, from + i * stride_index, type_index);
    if (j < 0 || j >= size) {
      report(flags, flag, launch, j);
      continue;
    }
    const long p = to + j * stride_out;
    const long v = values + i * stride_source;
    if (is_real(type_out)) {
      const wide value = load_wide(source, v, type_out);
      store_wide(out, p, type_out,
          op == SCATTER_SET ? value : combine_wide(op, load_wide(out, p, type_out), value));
    } else {
      const long value = load_long(source, v, type_out);
      store_long(out, p, type_out,
          op == SCATTER_SET ? value : combine_long(op, load_long(out, p, type_out), value));
    }
  }
}

// out[index[i]] += source[i] for rows of f32. A work-item owns W columns of the rows whose number is
// `part` modulo `parts`.
typedef PASTE(float, W) V;

kernel ONE_GROUP void add_rows(global float *out, long at_out, input index, long at_index,
    global const float *source, long at_source, int type_index, uint n, uint d, uint parts,
    long stride_out, long stride_index, long stride_source, long size, global int *flags, int flag,
    int launch) {
  const uint of_row = (d + W - 1) / W;
  const uint column = get_global_id(0) % of_row * W;
  const uint part = get_global_id(0) / of_row;
  if (part >= parts) {
    return;
  }
  const bool whole = column + W <= d;
  for (uint i = 0; i < n; i++) {
    const long j = load_long(index, at_index + i * stride_index, type_index);
    if (j < 0 || j >= size) {
      report(flags, flag, launch, j);
      continue;
    }
    if ((uint) j % parts != part) {
      continue;
    }
    global float *p = out + at_out + j * stride_out + column;
    global const float *v = source + at_source + i * stride_source + column;
    if (whole) {
      PASTE(vstore, W)(PASTE(vload, W)(0, p) + PASTE(vload, W)(0, v), 0, p);
    } else {
      for (uint k = 0; column + k < d; k++) {
        p[k] += v[k];
      }
    }
  }
}

kernel ONE_GROUP void wrap_index(input index, long at_index, output out, long at_out,
    int type_index, int type_out, uint inner, uint lines, uint4 sizes, long4 strides_index,
    long4 strides_out, long2 steps, long size, global int *flags, int flag, int launch) {
  const uint line = get_global_id(0);
  if (line >= lines) {
    return;
  }
  const long j = load_long(index, LINE(at_index, strides_index, steps.x), type_index);
  if (j < -size || j >= size) {
    report(flags, flag, launch, j);
    return;
  }
  store_long(out, LINE(at_out, strides_out, steps.y), type_out, j < 0 ? j + size : j);
}
