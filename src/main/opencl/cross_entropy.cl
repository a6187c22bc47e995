// Softmax and negative log-likelihood of rows of logits, forward and backward. A group takes a row
// at a time. Terms are those of CrossEntropyTerms: labels smoothed, the normaliser held near 1,
// logits capped. Bound by exponentials on a processor, by memory on a GPU.

typedef struct {
  float most;
  float sum;
} folded;

static F capped(F z, float cap) {
  return cap > 0 ? cap * tanh(z / cap) : z;
}

// The end of a row becomes -infinity behind the cap, whose exponential is 0.
static F some_logits(global const float *p, uint n, float cap) {
  F y = capped(load_some(p, n, 0), cap);
  if (n < W) {
    float part[W];
    PASTE(vstore, W)(y, 0, part);
    for (uint i = n; i < W; i++) {
      part[i] = -INFINITY;
    }
    y = PASTE(vload, W)(0, part);
  }
  return y;
}

// Loss of a row, and its log-sum-exp where everyone of the group sees it.
static float loss_of(global const float *z, uint v, long target, long ignored, float smoothing,
    float z_loss, float cap, float *lse, local float *shared) {
  F most = (F) -INFINITY;
  F all = (F) 0;
  FOR_ROW(i, v) {
    const F y = some_logits(z + i, v - i, cap);
    most = fmax(most, y);
    if (smoothing > 0) {
      all += v - i >= W ? y : load_end(z + i, 0, 0);
      if (v - i < W) {
        for (uint j = i; j < v; j++) {
          const float one = z[j];
          all.s0 += cap > 0 ? cap * tanh(one / cap) : one;
        }
      }
    }
  }
  const float m = max_group(max_lanes(most), shared);
  F sum = (F) 0;
  FOR_ROW(i, v) {
    sum += exp(some_logits(z + i, v - i, cap) - m);
  }
  const float normaliser = m + log(sum_group(sum_lanes(sum), shared));
  const float mean = smoothing > 0 ? sum_group(sum_lanes(all), shared) / v : 0;
  *lse = normaliser;
  if (target == ignored) {
    return 0;
  }
  const float own = target >= 0 && target < v ? z[target] : 0;
  const float y = cap > 0 ? cap * tanh(own / cap) : own;
  return (1 - smoothing) * (normaliser - y) + smoothing * (normaliser - mean)
      + z_loss * normaliser * normaliser;
}

// g times the gradient of a row's loss; out may be the logits themselves.
static void gradient_of(global const float *z, global float *out, uint v, long target, float g,
    float lse, float smoothing, float z_loss, float cap) {
  const float share = g * (1 + 2 * z_loss * lse);
  const float spread = g * smoothing / v;
  FOR_ROW(i, v) {
    const uint n = v - i;
    const F y = capped(load_some(z + i, n, 0), cap);
    F d = share * exp(y - lse) - spread;
    float part[W];
    PASTE(vstore, W)(d, 0, part);
    if (target >= i && target < i + W) {
      part[target - i] -= g * (1 - smoothing);
    }
    d = PASTE(vload, W)(0, part);
    if (cap > 0) {
      d *= (F) 1 - (y / cap) * (y / cap);
    }
    store_some(d, out + i, n);
  }
}

kernel ROW_GROUP void forward(global const float *logits, long at_logits, input targets,
    long at_targets, int type_targets, global float *losses, long at_losses, global float *lse,
    long at_lse, uint rows, uint v, uint of_group, long ignored, float smoothing, float z_loss,
    float cap, global int *flags, int flag, int launch) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    const long target = load_long(targets, at_targets + row, type_targets);
    float normaliser;
    const float loss = loss_of(logits + at_logits + (long) row * v, v, target, ignored, smoothing,
        z_loss, cap, &normaliser, shared);
    if (get_local_id(0) == 0) {
      if (target != ignored && (target < 0 || target >= v)) {
        report(flags, flag, launch, target);
      }
      losses[at_losses + row] = loss;
      lse[at_lse + row] = normaliser;
    }
  }
}

kernel ROW_GROUP void backward(global const float *logits, long at_logits, input targets,
    long at_targets, int type_targets, global const float *lse, long at_lse, global const float *g,
    long at_g, global float *out, long at_out, uint rows, uint v, uint of_group, long ignored,
    float smoothing, float z_loss, float cap) {
  FOR_ROWS(row, rows, of_group) {
    const long target = load_long(targets, at_targets + row, type_targets);
    const float scale = target == ignored ? 0 : g[at_g + row];
    gradient_of(logits + at_logits + (long) row * v, out + at_out + (long) row * v, v, target,
        scale, lse[at_lse + row], smoothing, z_loss, cap);
  }
}

// Both at once, in place: for the loss of a linear layer, whose logits nobody keeps. `inverse` is 1
// over the number of targets that count.
kernel ROW_GROUP void both(global float *logits, long at_logits, input targets, long at_targets,
    int type_targets, global float *losses, long at_losses, global const float *inverse,
    long at_inverse, int gradients, uint rows, uint v, uint of_group, long ignored,
    float smoothing, float z_loss, float cap, global int *flags, int flag, int launch) {
  local float shared[ITEMS];
  FOR_ROWS(row, rows, of_group) {
    const long target = load_long(targets, at_targets + row, type_targets);
    global float *z = logits + at_logits + (long) row * v;
    float normaliser;
    const float loss =
        loss_of(z, v, target, ignored, smoothing, z_loss, cap, &normaliser, shared);
    if (get_local_id(0) == 0) {
      if (target != ignored && (target < 0 || target >= v)) {
        report(flags, flag, launch, target);
      }
      losses[at_losses + row] = loss;
    }
#if ITEMS > 1
    barrier(CLK_GLOBAL_MEM_FENCE); // the target's logit is read before it is written over
#endif
    if (gradients) {
      gradient_of(z, z, v, target, target == ignored ? 0 : inverse[at_inverse], normaliser,
          smoothing, z_loss, cap);
    }
  }
}

// 1 over the number of targets that are not ignored, NaN for none.
kernel ROW_GROUP void counted(input targets, long at_targets, int type_targets,
    global float *inverse, long at_inverse, uint n, long ignored) {
  local float shared[ITEMS];
  float count = 0;
  for (uint i = get_local_id(0); i < n; i += ITEMS) {
    count += load_long(targets, at_targets + i, type_targets) != ignored;
  }
  count = sum_group(count, shared);
  if (get_local_id(0) == 0) {
    inverse[at_inverse] = count > 0 ? 1 / count : NAN;
  }
}
