package dev.jebena.infer;

import dev.jebena.memory.Scope;
import dev.jebena.model.Transformer;
import dev.jebena.tensor.Generator;
import dev.jebena.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Lets a model continue a sequence: the prompt in one pass (prefill), then one token at a time,
 * each against the cached keys and values of those before.
 *
 * <p>When the context is full the older half of it is dropped and the rest is read again, so that a
 * text can be longer than the context.
 */
public final class TextGenerator {
  private final Transformer model;

  /** Generates with a model, which is only read. */
  public TextGenerator(Transformer model) {
    this.model = model;
  }

  /**
   * What to generate.
   *
   * @param prompt at least one id
   * @param maxTokens the most new tokens
   * @param stop ids that end the text; they are not part of it
   * @param seed of the random choices
   * @param first ids that the first new token is chosen from; empty for all
   */
  public record Request(
      int[] prompt, int maxTokens, Sampler sampler, Set<Integer> stop, long seed, BitSet first) {
    /** Any token may come first. */
    public Request(int[] prompt, int maxTokens, Sampler sampler, Set<Integer> stop, long seed) {
      this(prompt, maxTokens, sampler, stop, seed, new BitSet());
    }

    public Request {
      if (prompt.length == 0) {
        throw new IllegalArgumentException("generate: the prompt has no tokens");
      }
      if (maxTokens < 0) {
        throw new IllegalArgumentException("generate: " + maxTokens + " tokens to generate");
      }
    }
  }

  /**
   * What came of it.
   *
   * @param ids the new tokens
   * @param prefillSeconds until the first one was chosen
   * @param decodeSeconds for all tokens after the first
   */
  public record Result(int[] ids, double prefillSeconds, double decodeSeconds) {
    /** Tokens a second after the first, 0 where there was none. */
    public double decodeTokensPerSecond() {
      return ids.length < 2 ? 0 : (ids.length - 1) / decodeSeconds;
    }
  }

  /**
   * Generates.
   *
   * @param onToken told each new token as soon as it is chosen; false ends the text after it
   * @throws IndexOutOfBoundsException for a prompt id outside of the vocabulary
   */
  public Result generate(Request request, IntPredicate onToken) {
    return Tensor.noGrad(() -> run(request, onToken));
  }

  private Result run(Request request, IntPredicate onToken) {
    int context = model.config().contextLength();
    int turning = model.config().positions().turningPoint();
    var generator = new Generator(request.seed);
    int[] all = Arrays.copyOf(request.prompt, request.prompt.length + request.maxTokens);
    int length = request.prompt.length;
    long start = System.nanoTime();
    double prefill = 0;
    try (var cache = new GrowingCache(model.config().layers(), Math.min(context, all.length))) {
      int read = Math.max(0, length - context); // the first token that the cache has not seen
      while (length < all.length) {
        if (cache.length() + (length - read) > context) {
          cache.clear();
          read = length - Math.max(1, context / 2);
        }
        if (cache.length() > 0 && cache.length() <= turning && length > turning) {
          cache.clear(); // its keys were turned by the angles of short texts
          read = 0;
        }
        boolean first = length == request.prompt.length;
        int[] ids = Arrays.copyOfRange(all, read, length);
        int id = next(cache, ids, first ? request.first : new BitSet(), request.sampler, generator);
        read = length;
        if (first) {
          prefill = seconds(start);
        }
        if (request.stop.contains(id)) {
          break;
        }
        all[length++] = id;
        if (!onToken.test(id)) {
          break;
        }
      }
    }
    int[] made = Arrays.copyOfRange(all, request.prompt.length, length);
    return new Result(made, prefill, seconds(start) - prefill);
  }

  /** The token after those, one of the allowed where there are any. */
  private int next(
      GrowingCache cache, int[] ids, BitSet allowed, Sampler sampler, Generator generator) {
    try (var _ = Scope.open()) {
      var logits = model.nextLogits(Tensor.of(ids, 1, ids.length), cache).select(0, 0);
      return sampler.choose(allowed.isEmpty() ? logits : restricted(logits, allowed), generator);
    }
  }

  private static Tensor restricted(Tensor logits, BitSet allowed) {
    boolean[] barred = new boolean[Math.toIntExact(logits.elements())];
    for (int id = 0; id < barred.length; id++) {
      barred[id] = !allowed.get(id);
    }
    return logits.maskedFill(Tensor.of(barred, barred.length), Double.NEGATIVE_INFINITY);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
