// Activations, gates, and what follows a linear layer, in one pass each; ACT is a constant, operands
// are contiguous. A work-item does `count` vectors. Bound by memory, gelu on a processor by erf.

typedef F V;

static V sigmoid_of(V x) {
  return (V) 1 / ((V) 1 + exp(-x));
}

#define ROOT_2_OVER_PI 0.79788456f
#define CUBE 0.044715f
#define QUICK 1.702f

static V value_of(V x) {
#if ACT == ACTIVATION_IDENTITY
  return x;
#elif ACT == ACTIVATION_SIGMOID
  return sigmoid_of(x);
#elif ACT == ACTIVATION_RELU
  return x <= (V) 0 ? (V) 0 : x;
#elif ACT == ACTIVATION_RELU_SQUARED
  V y = x <= (V) 0 ? (V) 0 : x;
  return y * y;
#elif ACT == ACTIVATION_SILU
  return x * sigmoid_of(x);
#elif ACT == ACTIVATION_GELU
  return (V) 0.5f * x * erfc(x * (V) -0.70710678f);
#elif ACT == ACTIVATION_QUICK_GELU
  return x * sigmoid_of((V) QUICK * x);
#else
  return x * sigmoid_of((V) (2 * ROOT_2_OVER_PI) * (x + (V) CUBE * x * x * x));
#endif
}

static V slope_of(V x) {
#if ACT == ACTIVATION_IDENTITY
  return (V) 1;
#elif ACT == ACTIVATION_SIGMOID
  V s = sigmoid_of(x);
  return s * ((V) 1 - s);
#elif ACT == ACTIVATION_RELU
  return x <= (V) 0 ? (V) 0 : (V) 1;
#elif ACT == ACTIVATION_RELU_SQUARED
  return x <= (V) 0 ? (V) 0 : x + x;
#elif ACT == ACTIVATION_SILU
  V s = sigmoid_of(x);
  return s * ((V) 1 + x * ((V) 1 - s));
#elif ACT == ACTIVATION_GELU
  return (V) 0.5f * erfc(x * (V) -0.70710678f) + x * (V) 0.39894228f * exp((V) -0.5f * x * x);
#elif ACT == ACTIVATION_QUICK_GELU
  V s = sigmoid_of((V) QUICK * x);
  return s + x * s * ((V) 1 - s) * (V) QUICK;
#else
  V s = sigmoid_of((V) (2 * ROOT_2_OVER_PI) * (x + (V) CUBE * x * x * x));
  V slope = (V) (2 * ROOT_2_OVER_PI) * ((V) 1 + (V) (3 * CUBE) * x * x);
  return s + x * s * ((V) 1 - s) * slope;
#endif
}

#define FOR_VECTORS(body)                                       \
  const uint first = get_global_id(0) * count;                  \
  const uint vectors = (n + W - 1) / W;                         \
  for (uint v = first; v < min(vectors, first + count); v++) {  \
    const uint i = v * W;                                       \
    const uint some = n - i;                                    \
    body                                                        \
  }

kernel ONE_GROUP void forward(global const float *x, long at_x, global float *out, long at_out,
    uint n, uint count) {
  FOR_VECTORS(store_some(value_of(load_some(x + at_x + i, some, 0)), out + at_out + i, some);)
}

kernel ONE_GROUP void backward(global const float *x, long at_x, global const float *gy, long at_gy,
    global float *gx, long at_gx, uint n, uint count) {
  FOR_VECTORS(
    const V g = load_some(gy + at_gy + i, some, 0) * slope_of(load_some(x + at_x + i, some, 0));
    store_some(g, gx + at_gx + i, some);)
}

kernel ONE_GROUP void gated(global const float *gate, long at_gate, global const float *up,
    long at_up, global float *out, long at_out, uint n, uint count) {
  FOR_VECTORS(
    const V g = load_some(gate + at_gate + i, some, 0);
    store_some(value_of(g) * load_some(up + at_up + i, some, 0), out + at_out + i, some);)
}

kernel ONE_GROUP void gated_back(global const float *gate, long at_gate, global const float *up,
    long at_up, global const float *gy, long at_gy, global float *g_gate, long at_g_gate,
    global float *g_up, long at_g_up, uint n, uint count) {
  FOR_VECTORS(
    const V g = load_some(gate + at_gate + i, some, 0);
    const V u = load_some(up + at_up + i, some, 0);
    const V y = load_some(gy + at_gy + i, some, 0);
    store_some(y * u * slope_of(g), g_gate + at_g_gate + i, some);
    store_some(y * value_of(g), g_up + at_g_up + i, some);)
}

// out = f(product + bias) + residual, row by row; `before` gets what f was applied to.
kernel ONE_GROUP void finish(global const float *product, long at_product,
    global const float *bias, long at_bias, int has_bias, global const float *residual,
    long at_residual, int has_residual, global float *before, long at_before, int has_before,
    global float *out, long at_out, uint rows, uint d, uint rows_of_item) {
  const uint vectors = (d + W - 1) / W;
  const uint column = get_global_id(0) % vectors * W;
  const uint first = get_global_id(0) / vectors * rows_of_item;
  const uint some = d - column;
  V b = (V) 0;
  if (has_bias && first < rows) {
    b = load_some(bias + at_bias + column, some, 0);
  }
  for (uint row = first; row < min(rows, first + rows_of_item); row++) {
    const long i = (long) row * d + column;
    V z = load_some(product + at_product + i, some, 0) + b;
    if (has_before) {
      store_some(z, before + at_before + i, some);
    }
    V y = value_of(z);
    if (has_residual) {
      y += load_some(residual + at_residual + i, some, 0);
    }
    store_some(y, out + at_out + i, some);
  }
}
