// Matrix products of any type, strides and batches: a work-item makes one element of the result, by
// the widest float that the device has, or in 64-bit integers. What is large and f32 goes through
// gemm.cl. Bound by reading a row and a column for every element.

kernel ONE_GROUP void product(input a, long at_a, input b, long at_b, output out, long at_out,
    int type, int accumulate, uint m, uint n, uint k, uint batches, uint inner, uint4 sizes,
    long4 strides_a, long4 strides_b, long4 strides_out, long8 strides, long4 steps) {
  const ulong id = get_global_id(0);
  const ulong size = (ulong) m * n;
  if (id >= size * batches) {
    return;
  }
  const uint batch = id / size / inner;
  const uint step = id / size % inner;
  const uint i = id % size / n;
  const uint j = id % size % n;
  long pa = at_a + row_start(batch, sizes, strides_a) + step * steps.x + i * strides.s0;
  long pb = at_b + row_start(batch, sizes, strides_b) + step * steps.y + j * strides.s3;
  const long pout =
      at_out + row_start(batch, sizes, strides_out) + step * steps.z + i * strides.s4 + j * strides.s5;
  if (is_real(type)) {
    wide sum = accumulate ? load_wide(out, pout, type) : (wide) 0;
    for (uint p = 0; p < k; p++, pa += strides.s1, pb += strides.s2) {
      sum += load_wide(a, pa, type) * load_wide(b, pb, type);
    }
    store_wide(out, pout, type, sum);
  } else {
    long sum = accumulate ? load_long(out, pout, type) : 0;
    for (uint p = 0; p < k; p++, pa += strides.s1, pb += strides.s2) {
      sum += load_long(a, pa, type) * load_long(b, pb, type);
    }
    store_long(out, pout, type, sum);
  }
}
