package dev.jebena.train;

import dev.jebena.memory.DType;
import dev.jebena.tensor.Tensor;
import java.util.List;

/** What the host learns of a step: scalars that a device computed, in one copy. */
final class Readback {
  private Readback() {}

  /** The values, waited for once; those of f32 and f64 come over exactly. */
  static double[] of(List<Tensor> scalars) {
    return Tensor.noGrad(() -> {
      var device = scalars.getFirst().device();
      var wide = device.dtypes().contains(DType.F64) ? DType.F64 : DType.F32;
      var row = scalars.stream().map(each -> each.detach().to(device).to(wide).reshape(1));
      return Tensor.cat(0, row.toArray(Tensor[]::new)).toDoubles();
    });
  }
}
