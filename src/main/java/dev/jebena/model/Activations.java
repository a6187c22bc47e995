package dev.jebena.model;

/**
 * Forward results that a training step holds when its backward pass begins, in elements a token:
 * what each part of {@link TransformerBlock} gives, views not counted, and what its fused kernels
 * keep beside that. The loss keeps the gradient of hidden states and makes logits some rows at a
 * time. What the allocator counts agrees to three in a hundred, since it gives memory in steps.
 */
final class Activations {
  private Activations() {}

  static long perToken(TransformerConfig c, int context) {
    long d = c.dModel();
    long way = d; // embeddings
    if (c.embeddings().scale() != 1) {
      way += d;
    }
    way +=
        switch (c.positions().kind()) {
          case LEARNED, SINUSOIDAL -> d;
          case ROTARY, ALIBI, NONE -> 0;
        };
    if (c.training().dropout() > 0) {
      way += d;
    }
    if (c.norms().beforeHead()) {
      way += normed(c, d);
    }
    long block = attention(c, context) + feedForward(c) + norms(c) + residual(c);
    return way + c.layers() * block + (c.embeddings().logitScale() == 1 ? 1 : 2) * d;
  }

  /** A row that was normed, and the numbers it was normed by. */
  private static long normed(TransformerConfig c, long width) {
    return switch (c.norms().kind()) {
      case RMS -> width + 1;
      case LAYER -> width + 2;
      case NONE -> 0;
    };
  }

  private static long norms(TransformerConfig c) {
    return c.norms().perBlock() * normed(c, c.dModel());
  }

  /** Two sums, and what happens to their parts on the way. */
  private static long residual(TransformerConfig c) {
    long changes = 1;
    changes += c.training().dropout() > 0 ? 1 : 0;
    changes += c.residualScale() != 1 ? 1 : 0;
    return 2 * changes * c.dModel();
  }

  /** The middle, and the output where it is not at once added to the stream. */
  private static long feedForward(TransformerConfig c) {
    boolean added =
        c.norms().place() == NormConfig.Place.PRE
            && c.residualScale() == 1
            && c.training().dropout() == 0;
    return (long) c.feedForward().matrices() * c.dFf() + (added ? 0 : c.dModel());
  }

  private static long attention(TransformerConfig c, int context) {
    var a = c.attention();
    long d = c.dModel();
    long heads = a.heads();
    long weights = heads; // the logarithm of each row's sum
    long values = a.latent() == null ? a.headDim() : a.latent().valueDim();
    if (c.training().attentionDropout() > 0) {
      // products, scaled, masked, their softmax, what dropout left; and heads side by side again
      weights = 5 * heads * context + heads * values;
      if (a.keyValueHeads() != a.heads()) {
        weights += 2 * heads * values;
      }
    }
    return weights + (a.latent() == null ? plain(c) : latent(c)) + d;
  }

  /** Queries, keys, values, and what attention gives. */
  private static long plain(TransformerConfig c) {
    var a = c.attention();
    long queries = (long) a.heads() * a.headDim();
    long keys = (long) a.keyValueHeads() * a.headDim();
    long normed =
        switch (a.queryKeyNorm()) {
          case NONE -> 0;
          case HEAD -> // heads are copied apart before
              (a.heads() + a.keyValueHeads()) * (a.headDim() + normed(c, a.headDim()));
          case PROJECTION -> normed(c, queries) + normed(c, keys);
        };
    boolean turned = c.positions().kind() == PositionConfig.Kind.ROTARY;
    return (turned ? 2 : 1) * (queries + keys) + normed + keys + queries;
  }

  private static long latent(TransformerConfig c) {
    var latent = c.attention().latent();
    long heads = c.heads();
    long rope = latent.ropeDim();
    long each = c.headDim() + rope;
    long rank = latent.queryRank();
    long width = latent.keyValueRank();
    long queries = (rank == 0 ? 0 : rank + normed(c, rank)) + heads * (each + rope + each);
    // the latent is cut out of the row that it shares with the keys that turn
    long shared = width + rope + width + normed(c, width) + rope;
    long keys = heads * (c.headDim() + latent.valueDim()) + heads * each;
    long values = latent.valueDim();
    // the fewer features get zeros beside them; results are cut again
    long padded = values < each ? heads * (each + each + values) : heads * (2 * values + values);
    return queries + shared + keys + padded;
  }
}
