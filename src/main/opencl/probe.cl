// A product of two small matrices by one warp of 32 work-items, in instructions that a device may or
// may not have: c [16, 8] = a [16, K] b [K, 8]. Whether it compiles, and whether its numbers are
// right, is the answer; see InstructionProbe.
//
// On NVIDIA matrices are spread over the registers of a warp as the PTX manual draws it for
// mma.m16n8k16 (bf16) and mma.m16n8k8 (tf32): a work-item holds rows `lane / 4` and `lane / 4 + 8`
// of a and c, and column `lane / 4` of b.

#if defined(PROBE_HALF)
#define K 16
#ifndef cl_khr_fp16
#error "the driver has no arithmetic in f16"
#endif
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#else
#ifndef __NV_CL_C_VERSION
#error "the compiler does not take inline PTX"
#endif
#if defined(PROBE_MMA_BF16)
#define K 16

// Two neighbours in one register, the first in the low half. Both are whole numbers of few bits.
static uint two(float low, float high) {
  return (as_uint(high) & 0xFFFF0000u) | (as_uint(low) >> 16);
}
#else
#define K 8
#endif
#endif

kernel __attribute__((reqd_work_group_size(32, 1, 1))) void probe(global const float *a, long at_a,
    global const float *b, long at_b, global float *c, long at_c) {
  const uint lane = get_local_id(0);
  const uint row = lane / 4;
  const uint part = lane % 4;
  a += at_a;
  b += at_b;
  c += at_c;
#if defined(PROBE_HALF)
  for (uint i = lane; i < 16 * 8; i += 32) {
    half sum = (half) 0;
    for (uint k = 0; k < K; k++) {
      sum += (half) a[i / 8 * K + k] * (half) b[k * 8 + i % 8];
    }
    c[i] = (float) sum;
  }
#else
  float c0 = 0, c1 = 0, c2 = 0, c3 = 0;
#if defined(PROBE_MMA_BF16)
  global const float *upper = a + row * K + 2 * part;
  global const float *lower = upper + 8 * K;
  const uint a0 = two(upper[0], upper[1]);
  const uint a1 = two(lower[0], lower[1]);
  const uint a2 = two(upper[8], upper[9]);
  const uint a3 = two(lower[8], lower[9]);
  global const float *column = b + 2 * part * 8 + row;
  const uint b0 = two(column[0], column[8]);
  const uint b1 = two(column[64], column[72]);
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
               "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3)
               : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
#else
  const uint a0 = as_uint(a[row * K + part]);
  const uint a1 = as_uint(a[(row + 8) * K + part]);
  const uint a2 = as_uint(a[row * K + part + 4]);
  const uint a3 = as_uint(a[(row + 8) * K + part + 4]);
  const uint b0 = as_uint(b[part * 8 + row]);
  const uint b1 = as_uint(b[(part + 4) * 8 + row]);
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
               "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3)
               : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
#endif
  c[row * 8 + 2 * part] = c0;
  c[row * 8 + 2 * part + 1] = c1;
  c[(row + 8) * 8 + 2 * part] = c2;
  c[(row + 8) * 8 + 2 * part + 1] = c3;
#endif
}
