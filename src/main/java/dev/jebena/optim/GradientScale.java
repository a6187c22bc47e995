package dev.jebena.optim;

import dev.jebena.kernel.Device;
import dev.jebena.memory.DType;
import dev.jebena.memory.HostBuffer;
import dev.jebena.memory.Shape;
import dev.jebena.tensor.Tensor;

/**
 * What all gradients of a step are multiplied by: a number that the host knows, or one that a
 * device is still computing and nobody waits for.
 *
 * @param known the number, or NaN where only a device has it
 * @param tensor of one element, or null where the host knows the number
 */
record GradientScale(double known, Tensor tensor) {
  static GradientScale of(double scale) {
    return new GradientScale(scale, null);
  }

  /** Where the memory is the host's own, looking at it costs nothing. */
  static GradientScale of(Tensor scale) {
    boolean host = scale.operand().buffer() instanceof HostBuffer;
    return host ? of(scale.item()) : new GradientScale(Double.NaN, scale.detach());
  }

  /** The widest float that a device has: numbers that were computed in f64 are not rounded. */
  static DType widest(Device device) {
    return device.dtypes().contains(DType.F64) ? DType.F64 : DType.F32;
  }

  /** A scalar in the memory of a device. */
  Tensor on(Device device) {
    return tensor == null
        ? Tensor.full(device, widest(device), Shape.of(), known)
        : tensor.to(device).to(widest(device)).reshape();
  }

  /** A gradient times the scale, in the gradient's type. */
  Tensor times(Tensor gradient) {
    if (tensor == null) {
      return known == 1 ? gradient : gradient.mul(known);
    }
    // as for a number of the host: narrow floats are multiplied in f32
    var type = gradient.dtype() == DType.F64 ? DType.F64 : DType.F32;
    var scale = tensor.to(gradient.device()).to(type).reshape();
    return gradient.to(type).mul(scale).to(gradient.dtype());
  }
}
