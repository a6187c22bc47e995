package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.cpu.Samples;
import dev.jebena.kernel.reference.ReferenceDeviceProvider;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A call of a fused kernel.
 *
 * @param kind which kernel, and which of its directions
 * @param sizes from which the shapes of all operands follow
 * @param options bits that choose what the call is made with; 0 is the plainest
 * @param forms of the operands: how each lies in memory, as far as its kernel allows it
 * @param seed of their content
 */
record FusedCase(FusedKind kind, List<Integer> sizes, int options, List<FuzzForm> forms, long seed)
    implements FuzzCase {
  /** Operands that a call has at most. */
  private static final int MOST_OPERANDS = 13;

  /** More than a group of work-items takes at a time. */
  private static final int LONG = 1300;

  private static final Device REFERENCE = new ReferenceDeviceProvider().device();

  static FusedCase draw(Random random) {
    var kind = FusedKind.values()[random.nextInt(FusedKind.values().length)];
    int most = random.nextInt(8) == 0 ? 70 : 9;
    var sizes = new ArrayList<Integer>();
    for (int i = 0; i < kind.least().size(); i++) {
      int least = kind.least().get(i);
      boolean last = i == kind.least().size() - 1;
      boolean inner = i >= kind.least().size() - 2;
      int bound = last && random.nextInt(20) == 0 ? LONG : inner ? most : 4;
      int drawn = least + random.nextInt(bound);
      sizes.add(least == 0 && random.nextInt(25) != 0 ? Math.max(1, drawn) : drawn);
    }
    return new FusedCase(
        kind,
        List.copyOf(sizes),
        random.nextInt(1 << 16),
        IntStream.range(0, MOST_OPERANDS).mapToObj(i -> FuzzForm.draw(random)).toList(),
        random.nextInt(1_000_000));
  }

  long size(int i) {
    return sizes.get(i);
  }

  /** An option that is there or not. */
  boolean flag(int bit) {
    return (options >> bit & 1) == 1;
  }

  /** One of a few, by three bits from one on. */
  int choice(int bit, int among) {
    return (options >> bit & 7) % among;
  }

  private FusedCall call() {
    return kind.call(this);
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public long elements() {
    return sizes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  @Override
  public Operand[] operands() {
    var call = call();
    var samples = new Samples(seed);
    var all = new Operand[call.slots().size()];
    for (int i = 0; i < all.length; i++) {
      var slot = call.slots().get(i);
      if (slot.there()) {
        all[i] = FuzzForm.allocate(slot.dtype(), form(i, slot).layout(slot.shape(), slot.input()));
        samples.fill(all[i]);
        adapt(all[i], slot);
      }
    }
    call.prepare(REFERENCE, all);
    return all;
  }

  private FuzzForm form(int operand, FusedCall.Slot slot) {
    var form = forms.get(operand);
    return switch (slot.lies()) {
      case CONTIGUOUS -> form.contiguous();
      case LAST_CONTIGUOUS -> form.lastContiguous(slot.shape().rank());
      case ANYHOW -> form;
    };
  }

  private void adapt(Operand operand, FusedCall.Slot slot) {
    var memory = ((HostBuffer) operand.buffer()).segment();
    long elements = memory.byteSize() / slot.dtype().byteSize();
    if (slot.content() == FusedCall.Content.POSITIVE) {
      for (long i = 0; i < elements; i++) {
        float value = memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value * value + 0.01f);
      }
    } else if (slot.content() == FusedCall.Content.CLASSES) {
      var random = new Random(seed);
      for (long i = 0; i < elements; i++) {
        int target = random.nextInt(6) == 0 ? -100 : random.nextInt((int) slot.limit());
        if (slot.dtype() == DType.I64) {
          memory.setAtIndex(ValueLayout.JAVA_LONG, i, target);
        } else {
          memory.setAtIndex(ValueLayout.JAVA_INT, i, target);
        }
      }
    }
  }

  @Override
  public void launch(Device device, Operand[] operands) {
    call().launch(device, operands);
  }

  @Override
  public double tolerance() {
    return call().tolerance();
  }

  @Override
  public String name() {
    return call().text() + " of sizes " + sizes;
  }

  @Override
  public String code() {
    return FuzzCase.code(operands(), seed) + call().text();
  }

  @Override
  public List<FuzzCase> smaller() {
    var all = new ArrayList<FuzzCase>();
    for (int i = 0; i < sizes.size(); i++) {
      int least = Math.max(1, kind.least().get(i));
      for (int size : new int[] {least, least + 1, sizes.get(i) / 2, sizes.get(i) - 1}) {
        if (size >= least && size < sizes.get(i)) {
          var fewer = new ArrayList<>(sizes);
          fewer.set(i, size);
          for (long content : new long[] {seed, 1, 2, 3}) {
            all.add(new FusedCase(kind, List.copyOf(fewer), options, forms, content));
          }
        }
      }
    }
    for (int bit = 0; bit < 16; bit++) {
      if (flag(bit)) {
        all.add(new FusedCase(kind, sizes, options & ~(1 << bit), forms, seed));
      }
    }
    for (int i = 0; i < forms.size(); i++) {
      for (var form : forms.get(i).simpler()) {
        var simpler = new ArrayList<>(forms);
        simpler.set(i, form);
        all.add(new FusedCase(kind, sizes, options, List.copyOf(simpler), seed));
      }
    }
    return all;
  }
}
