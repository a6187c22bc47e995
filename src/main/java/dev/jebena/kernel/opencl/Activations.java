package dev.jebena.kernel.opencl;

import dev.jebena.kernel.Activation;
import dev.jebena.kernel.Operand;
import dev.jebena.kernel.fused.ActivationKernel;

/** Host side of {@code activation.cl}, a program for each function. */
final class Activations implements ActivationKernel {
  private final Engine engine;

  Activations(Engine engine) {
    this.engine = engine;
  }

  /** A launch of one of the program's kernels. */
  Launch launch(Activation f, String kernel) {
    return engine.launch("activation", "-DACT=" + f.ordinal() + ' ' + engine.rowMacros(), kernel);
  }

  @Override
  public void forward(Activation f, Operand x, Operand out) {
    run(launch(f, "forward").operand(x).operand(out), out);
  }

  @Override
  public void backward(Activation f, Operand x, Operand gy, Operand gx) {
    run(launch(f, "backward").operand(x).operand(gy).operand(gx), gx);
  }

  @Override
  public void gatedForward(Activation f, Operand gate, Operand up, Operand out) {
    run(launch(f, "gated").operand(gate).operand(up).operand(out), out);
  }

  @Override
  public void gatedBackward(
      Activation f, Operand gate, Operand up, Operand gy, Operand gGate, Operand gUp) {
    run(
        launch(f, "gated_back").operand(gate).operand(up).operand(gy).operand(gGate).operand(gUp),
        gUp);
  }

  /** A vector a unit. */
  private void run(Launch launch, Operand out) {
    long n = out.elements();
    if (n == 0) {
      return;
    }
    long units = (n + engine.width() - 1) / engine.width();
    int count = engine.unitsOfItem(units);
    launch
        .integers(Math.toIntExact(n))
        .integers(count)
        .run((units + count - 1) / count, engine.group());
  }
}
