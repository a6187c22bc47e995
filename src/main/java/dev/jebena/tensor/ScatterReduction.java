package dev.jebena.tensor;

import static dev.jebena.tensor.Tape.gradients;

import dev.jebena.kernel.ScatterOp;

/**
 * Values folded into the elements that an index names. What is folded without the element itself
 * starts from the neutral value there.
 */
final class ScatterReduction {
  private ScatterReduction() {}

  static Tensor reduce(
      Tensor x, int axis, Tensor index, Tensor source, ScatterFold fold, boolean includeSelf) {
    int a = Scattering.check("scatterReduce", x, axis, index, source);
    if (fold != ScatterFold.SUM) {
      Dispatch.requireFloat("scatterReduce", x);
    }
    var start = includeSelf ? x : x.scatter(a, index, fold.neutral());
    return switch (fold) {
      case SUM -> start.scatterAdd(a, index, source);
      case MEAN -> {
        var ones = number(source, 1);
        var counts = number(x, includeSelf ? 1 : 0).scatterAdd(a, index, ones);
        yield start.scatterAdd(a, index, source).div(counts.maskedFill(counts.eq(0), 1));
      }
      case PROD -> product(start, a, index, source);
      case AMAX -> extremum(ScatterOp.MAX, start, a, index, source);
      case AMIN -> extremum(ScatterOp.MIN, start, a, index, source);
    };
  }

  private static Tensor number(Tensor like, double value) {
    return Tensor.full(like.device(), like.dtype(), like.shape(), value);
  }

  /** Elements that equal the extremum share its gradient. */
  private static Tensor extremum(ScatterOp op, Tensor x, int a, Tensor index, Tensor source) {
    var out = Dispatch.scatter(op, index, source.detach(), a, x.detach().copy());
    return Tape.record(
        "scatterReduce",
        out,
        g -> {
          var result = out.detach();
          var self = x.detach().eq(result).to(g.dtype());
          var given = source.detach().eq(result.gather(a, index)).to(g.dtype());
          var winners = self.scatterAdd(a, index, given);
          var share = g.div(winners.maskedFill(winners.eq(0), 1));
          return gradients(share.mul(self), share.gather(a, index).mul(given));
        },
        x,
        source);
  }

  /**
   * The derivative by a factor is the product of the others: the product over the factor where that
   * is not 0. Where it is, zeros are replaced by 1 and counted: with one zero the product of the
   * rest is what is asked for, with two it is 0.
   */
  private static Tensor product(Tensor x, int a, Tensor index, Tensor source) {
    return Tape.record(
        "scatterReduce",
        Dispatch.scatter(ScatterOp.MUL, index, source.detach(), a, x.detach().copy()),
        g -> {
          var zeroX = x.detach().eq(0);
          var zeroSource = source.detach().eq(0);
          var zeros = zeroX.to(g.dtype()).scatterAdd(a, index, zeroSource.to(g.dtype()));
          var fullX = x.maskedFill(zeroX, 1);
          var fullSource = source.maskedFill(zeroSource, 1);
          var others = g.mul(product(fullX, a, index, fullSource));
          // one zero: only that factor has a derivative; none: every factor has
          var single = zeros.eq(1);
          var none = zeros.eq(0);
          var lostX = none.or(single.and(zeroX)).not();
          var zerosAt = zeros.gather(a, index);
          var lostSource = zerosAt.eq(0).or(zerosAt.eq(1).and(zeroSource)).not();
          return gradients(
              others.div(fullX).maskedFill(lostX, 0),
              others.gather(a, index).div(fullSource).maskedFill(lostSource, 0));
        },
        x,
        source);
  }
}
