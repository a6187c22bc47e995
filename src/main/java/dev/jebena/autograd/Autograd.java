package dev.jebena.autograd;

import dev.jebena.memory.Shape;
import dev.jebena.memory.ShapeException;
import dev.jebena.tensor.Tape;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Gradients as values: nothing is added to any {@link Tensor#grad}, and only the part of the graph
 * between outputs and inputs is gone through.
 */
public final class Autograd {
  private Autograd() {}

  /**
   * The gradients of a scalar.
   *
   * @param output of one element
   * @return one an input, of its shape
   */
  public static Tensor[] grad(Tensor output, Tensor... inputs) {
    return grad(new Tensor[] {output}, inputs, null, false, false, false);
  }

  /** The same, recorded itself, so that gradients can be differentiated again. */
  public static Tensor[] differentiableGrad(Tensor output, Tensor... inputs) {
    return grad(new Tensor[] {output}, inputs, null, true, true, false);
  }

  /**
   * The gradients of {@code Σ gradOutputs[i] · outputs[i]} with respect to inputs, which may be
   * leaves or tensors on the way.
   *
   * @param gradOutputs one an output, of its shape; null, or an element null, means ones for an
   *     output of one element
   * @param retainGraph keeps the graph for another pass
   * @param createGraph records the pass itself, for gradients of gradients; keeps the graph too
   * @param allowUnused gives null for an input that no output depends on, instead of an error
   * @return one an input, of its shape
   * @throws IllegalStateException where an output or input does not require a gradient, or an input
   *     is unused
   * @throws ShapeException where an output needs a gradient and has none, or one of another shape
   */
  public static Tensor[] grad(
      Tensor[] outputs,
      Tensor[] inputs,
      Tensor[] gradOutputs,
      boolean retainGraph,
      boolean createGraph,
      boolean allowUnused) {
    requireGradients("output", outputs);
    requireGradients("input", inputs);
    var gradients = new Tensor[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      gradients[i] = start(outputs[i], i, gradOutputs == null ? null : gradOutputs[i]);
    }
    var found =
        Tape.differentiate(outputs, gradients, inputs, retainGraph || createGraph, createGraph);
    for (int i = 0; i < inputs.length; i++) {
      if (found[i] == null && !allowUnused) {
        throw new IllegalStateException(
            "grad: input "
                + i
                + " of shape "
                + inputs[i].shape()
                + " was not used to make the outputs; pass allowUnused to get null for it");
      }
    }
    return found;
  }

  private static void requireGradients(String what, Tensor[] tensors) {
    for (int i = 0; i < tensors.length; i++) {
      if (!tensors[i].requiresGrad()) {
        throw new IllegalStateException(
            "grad: "
                + what
                + " "
                + i
                + " of shape "
                + tensors[i].shape()
                + " does not require a gradient");
      }
    }
  }

  private static Tensor start(Tensor output, int i, Tensor given) {
    if (given == null) {
      if (output.elements() != 1) {
        throw new ShapeException(
            "grad: output "
                + i
                + " of shape "
                + output.shape()
                + " is no scalar; pass gradOutputs for it");
      }
      return Tensor.full(output.device(), output.dtype(), output.shape(), 1);
    }
    if (!given.shape().equals(output.shape())) {
      throw new ShapeException(
          "grad: gradient of shape "
              + given.shape()
              + " for output "
              + i
              + " of shape "
              + output.shape());
    }
    return given;
  }

  /**
   * All first derivatives of a function at a point, one backward pass an output element.
   *
   * @param x of shape X
   * @return of shape {@code [Y..., X...]} where the function gives shape Y
   */
  public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
    return Tensor.enableGrad(() -> {
      var leaf = x.detach().copy().requiresGrad(true);
      var y = f.apply(leaf);
      long[] sizes =
          LongStream.concat(
                  Arrays.stream(y.shape().toArray()), Arrays.stream(leaf.shape().toArray()))
              .toArray();
      int rows = Math.toIntExact(y.elements());
      if (rows == 0 || !y.requiresGrad()) {
        return Tensor.zeros(x.device(), x.dtype(), Shape.of(sizes));
      }
      var flat = y.reshape(-1);
      var gradients = new Tensor[rows];
      for (int i = 0; i < rows; i++) {
        var row =
            grad(new Tensor[] {flat.select(0, i)}, new Tensor[] {leaf}, null, true, false, true)[0];
        gradients[i] = row == null ? Tensor.zeros(x.device(), x.dtype(), x.shape()) : row;
      }
      return Tensor.stack(0, gradients).reshape(sizes);
    });
  }

  /**
   * All second derivatives of a function that gives a scalar.
   *
   * @param x of shape X
   * @return of shape {@code [X..., X...]}
   */
  public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
    return jacobian(
        y -> {
          var value = f.apply(y);
          return grad(new Tensor[] {value}, new Tensor[] {y}, null, true, true, false)[0];
        },
        x);
  }
}
