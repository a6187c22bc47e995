package dev.jebena.kernel.fused;

/**
 * What cross-entropy is made of beside the likelihood of the target. With logits z, capped to
 * {@code y = softCap · tanh(z / softCap)} where there is a cap, and {@code lse = log Σ exp y}, the
 * loss of one target t among V classes is
 *
 * <pre>
 * (1 − labelSmoothing) · (lse − y[t]) + labelSmoothing · (lse − Σ y / V) + zLoss · lse²
 * </pre>
 *
 * and 0 where the target is {@code ignored}.
 *
 * @param ignored the target that counts for nothing
 * @param labelSmoothing the share of the target that all classes get alike (Szegedy et al., 2016),
 *     as in PyTorch; 0 for none
 * @param zLoss coefficient that keeps the normaliser near 1 (PaLM, Chowdhery et al., 2022); 0 for
 *     none
 * @param softCap bound of the logits (Gemma 2, 2024); 0 for none
 */
public record CrossEntropyTerms(long ignored, double labelSmoothing, double zLoss, double softCap) {
  /** The likelihood alone; −100 is ignored, as in PyTorch. */
  public static final CrossEntropyTerms PLAIN = new CrossEntropyTerms(-100, 0, 0, 0);

  public CrossEntropyTerms {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new IllegalArgumentException(
          "crossEntropy: label smoothing " + labelSmoothing + " is not in [0, 1]");
    }
    if (!(zLoss >= 0 && zLoss < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("crossEntropy: z-loss " + zLoss + " is negative");
    }
    if (!(softCap >= 0 && softCap < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("crossEntropy: soft-cap " + softCap + " is negative");
    }
  }

  /** The same with another label smoothing. */
  public CrossEntropyTerms withLabelSmoothing(double share) {
    return new CrossEntropyTerms(ignored, share, zLoss, softCap);
  }

  /** The same with another z-loss. */
  public CrossEntropyTerms withZLoss(double coefficient) {
    return new CrossEntropyTerms(ignored, labelSmoothing, coefficient, softCap);
  }

  /** The same with another cap of the logits. */
  public CrossEntropyTerms withSoftCap(double cap) {
    return new CrossEntropyTerms(ignored, labelSmoothing, zLoss, cap);
  }

  /** Whether logits are capped. */
  public boolean capped() {
    return softCap > 0;
  }
}
