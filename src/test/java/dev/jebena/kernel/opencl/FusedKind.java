package dev.jebena.kernel.opencl;

import java.util.List;
import java.util.function.Function;

/** Every fused kernel in each of its directions, with the least size of each of its axes. */
enum FusedKind {
  SOFTMAX(FusedRows::softmax, 0, 0, 1),
  SOFTMAX_BACKWARD(FusedRows::softmaxBackward, 0, 1),
  COLUMN_SOFTMAX(FusedRows::columnSoftmax, 0, 1, 1),
  LOG_SUM_EXP(FusedRows::logSumExp, 0, 0, 1),
  MOMENTS(FusedRows::moments, 0, 0, 1),
  RMS_NORM(FusedRows::rmsNorm, 0, 1),
  RMS_NORM_BACKWARD(FusedRows::rmsNormBackward, 0, 1),
  LAYER_NORM(FusedRows::layerNorm, 0, 1),
  LAYER_NORM_BACKWARD(FusedRows::layerNormBackward, 0, 1),
  ACTIVATION(FusedLayers::activation, 0, 0),
  ACTIVATION_BACKWARD(FusedLayers::activationBackward, 0, 0),
  GATED(FusedLayers::gated, 0, 0),
  GATED_BACKWARD(FusedLayers::gatedBackward, 0, 0),
  LINEAR(FusedLayers::linear, 0, 0, 1),
  LINEAR_BACKWARD(FusedLayers::linearBackward, 0, 1),
  ROPE(FusedLayers::rope, 0, 0, 0, 0, 1),
  ATTENTION(FusedLayers::attention, 1, 1, 1, 0, 0, 0),
  ATTENTION_BACKWARD(FusedLayers::attentionBackward, 1, 1, 1, 0, 0, 0),
  CROSS_ENTROPY(FusedTraining::crossEntropy, 0, 1),
  CROSS_ENTROPY_BACKWARD(FusedTraining::crossEntropyBackward, 0, 1),
  LINEAR_CROSS_ENTROPY(FusedTraining::linearCrossEntropy, 0, 1, 1),
  SCALE(FusedTraining::scale, 0, 0),
  ADAMW(FusedTraining::adamW, 0, 0),
  SQUARES(FusedTraining::squares, 0, 0),
  DROPOUT(FusedTraining::dropout, 0, 0),
  SAMPLING(FusedTraining::sampling, 1);

  private final Function<FusedCase, FusedCall> call;
  private final List<Integer> least;

  FusedKind(Function<FusedCase, FusedCall> call, Integer... least) {
    this.call = call;
    this.least = List.of(least);
  }

  /** The least size of each axis. */
  List<Integer> least() {
    return least;
  }

  /** Operands and call of a case. */
  FusedCall call(FusedCase one) {
    return call.apply(one);
  }
}
