package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.AttentionKernel;
import dev.jebena.kernel.fused.AttentionOptions;
import dev.jebena.memory.DType;
import dev.jebena.memory.Shape;
import java.lang.foreign.MemorySegment;

/** Host side of {@code attention.cl}, and of {@code attention_few.cl} for few queries. */
final class ClAttention implements AttentionKernel {
  private static final String PROGRAM = "attention";

  /** Queries or keys that a work-item has side by side on a processor. */
  private static final int LANES = 16;

  /**
   * Up to so many queries are done one by one: lanes on a processor, or a GPU, would stand idle.
   */
  private static final int FEW_ON_PROCESSOR = 4;

  private static final int FEW = 8;

  private final Engine engine;

  ClAttention(Engine engine) {
    this.engine = engine;
  }

  /** What all kernels know beside operands: the keys that queries see, and slopes. */
  private record Shared(Operand ranges, Operand slopes) {
    void release() {
      ranges.buffer().release();
      if (slopes != null) {
        slopes.buffer().release();
      }
    }
  }

  @Override
  public void forward(
      Operand q,
      Operand k,
      Operand v,
      Operand sinks,
      AttentionOptions options,
      Operand out,
      Operand logSumExp) {
    if (out.elements() == 0) {
      return;
    }
    var shared = shared(options, q, k);
    boolean few = isFew(q);
    var launch =
        (few
                ? engine.launch("attention_few", engine.rowMacros() + macros(q), "forward_few")
                : launch(q, "forward"))
            .operand(q)
            .operand(k)
            .operand(v)
            .optional(sinks, q)
            .operand(out)
            .operand(logSumExp);
    sizes(launch, shared, q, k);
    strides(launch, q, k, v, out);
    long heads = q.shape().size(0) * q.shape().size(1);
    if (few) {
      numbers(launch, options).run(new long[] {heads * q.shape().size(2)}, engine.rowItems());
    } else {
      run(numbers(launch, options), heads, q.shape().size(2));
    }
    shared.release();
  }

  private boolean isFew(Operand q) {
    long queries = q.shape().size(2);
    return engine.processor()
        ? queries <= FEW_ON_PROCESSOR
        : queries <= FEW && q.shape().size(3) <= (long) engine.width() * engine.rowItems();
  }

  @Override
  public void backward(
      Operand q,
      Operand k,
      Operand v,
      Operand sinks,
      AttentionOptions options,
      Operand out,
      Operand logSumExp,
      Operand gOut,
      Operand gq,
      Operand gk,
      Operand gv,
      Operand gSinks) {
    var shared = shared(options, q, k);
    var deltas = engine.scratch(DType.F32, logSumExp.shape());
    if (q.elements() > 0) {
      var launch =
          launch(q, "backward_queries")
              .operand(q)
              .operand(k)
              .operand(v)
              .operand(out)
              .operand(logSumExp)
              .operand(gOut)
              .operand(gq)
              .operand(deltas);
      sizes(launch, shared, q, k);
      strides(launch, q, k, v, out, gOut, gq);
      run(numbers(launch, options), q.shape().size(0) * q.shape().size(1), q.shape().size(2));
    }
    if (k.elements() > 0) {
      var launch =
          launch(q, "backward_keys")
              .operand(q)
              .operand(k)
              .operand(v)
              .operand(logSumExp)
              .operand(gOut)
              .operand(deltas)
              .operand(gk)
              .operand(gv);
      sizes(launch, shared, q, k);
      strides(launch, q, k, v, gOut, gk, gv);
      run(numbers(launch, options), k.shape().size(0) * k.shape().size(1), k.shape().size(2));
    }
    if (gSinks != null) {
      launch(q, "backward_sinks")
          .operand(sinks)
          .operand(logSumExp)
          .operand(deltas)
          .operand(gSinks)
          .integers((int) q.shape().size(0))
          .integers((int) q.shape().size(1))
          .integers((int) q.shape().size(2))
          .run(q.shape().size(1), engine.group());
    }
    deltas.buffer().release();
    shared.release();
  }

  private Launch launch(Operand q, String kernel) {
    return engine.launch(PROGRAM, macros(q), kernel);
  }

  private static String macros(Operand q) {
    return " -DD=" + q.shape().size(3);
  }

  private Shared shared(AttentionOptions options, Operand q, Operand k) {
    int times = Math.toIntExact(q.shape().size(2));
    var visible = options.visibleKeys(times, k.shape().size(2));
    int[] ranges = new int[3 * times];
    for (int t = 0; t < times; t++) {
      ranges[t] = visible.first(t);
      ranges[times + t] = visible.end(t);
      ranges[2 * times + t] = visible.own(t);
    }
    var onDevice = engine.scratch(DType.I32, Shape.of(ranges.length));
    write(MemorySegment.ofArray(ranges), onDevice);
    if (options.slopes().isEmpty()) {
      return new Shared(onDevice, null);
    }
    float[] slopes = new float[options.slopes().size()];
    for (int h = 0; h < slopes.length; h++) {
      slopes[h] = options.slopes().get(h).floatValue();
    }
    var slopesOnDevice = engine.scratch(DType.F32, Shape.of(slopes.length));
    write(MemorySegment.ofArray(slopes), slopesOnDevice);
    return new Shared(onDevice, slopesOnDevice);
  }

  private void write(MemorySegment values, Operand to) {
    var buffer = ClBuffer.of(to);
    engine.queue().write(values, buffer.memory(), buffer.offset());
  }

  private static void sizes(Launch launch, Shared shared, Operand q, Operand k) {
    launch
        .operand(shared.ranges)
        .optional(shared.slopes, q)
        .integers((int) q.shape().size(0))
        .integers((int) q.shape().size(1))
        .integers((int) k.shape().size(1))
        .integers((int) q.shape().size(2))
        .integers((int) k.shape().size(2));
  }

  private static void strides(Launch launch, Operand... operands) {
    for (var operand : operands) {
      var layout = operand.layout();
      launch.longs(layout.stride(0), layout.stride(1), layout.stride(2), 0);
    }
  }

  private static Launch numbers(Launch launch, AttentionOptions options) {
    return launch.real((float) options.scale()).real((float) options.softCap());
  }

  /** A work-item for the lanes of some rows of every head. */
  private void run(Launch launch, long heads, long rows) {
    int lanes = engine.processor() ? LANES : 1;
    launch.run(heads * ((rows + lanes - 1) / lanes), engine.group());
  }
}
