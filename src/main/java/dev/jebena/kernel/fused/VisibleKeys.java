package dev.jebena.kernel.fused;

/**
 * Which keys each query sees under {@link AttentionOptions}: always one range without gaps, which
 * is what lets kernels skip whole tiles.
 */
public final class VisibleKeys {
  private final int[] first;
  private final int[] end;
  private final int[] own;

  private VisibleKeys(int queries) {
    first = new int[queries];
    end = new int[queries];
    own = new int[queries];
  }

  static VisibleKeys of(AttentionOptions options, int queries, int keys) {
    var visible = new VisibleKeys(queries);
    var sequences = options.sequences();
    if (sequences == null) {
      visible.fill(options, 0, queries, 0, keys);
      return visible;
    }
    for (int i = 0; i < sequences.count(); i++) {
      visible.fill(
          options,
          Math.toIntExact(sequences.queries().get(i)),
          Math.toIntExact(sequences.queries().get(i + 1)),
          Math.toIntExact(sequences.keys().get(i)),
          Math.toIntExact(sequences.keys().get(i + 1)));
    }
    return visible;
  }

  /** One sequence: queries from t0 to before t1, keys from s0 to before s1. */
  private void fill(AttentionOptions options, int t0, int t1, int s0, int s1) {
    long window = Math.min(options.window(), Integer.MAX_VALUE); // no sequence is longer
    for (int t = t0; t < t1; t++) {
      long d = (long) s1 - (t1 - t);
      long from = Math.max(s0, d - window + 1);
      long to = options.causal() ? Math.min(s1, d + 1) : Math.min(s1, d + window);
      first[t] = (int) Math.min(from, s1);
      end[t] = (int) Math.max(to, first[t]);
      own[t] = (int) d;
    }
  }

  /** The first key that query t sees. */
  public int first(int t) {
    return first[t];
  }

  /** The key behind the last one that query t sees; {@link #first} where it sees none. */
  public int end(int t) {
    return end[t];
  }

  /** The key that stands where query t stands, from which distances count; may be negative. */
  public int own(int t) {
    return own[t];
  }

  /** Whether query t sees any key. */
  public boolean any(int t) {
    return end[t] > first[t];
  }

  /** Whether all queries see all of {@code keys} keys. */
  public boolean hideNothing(int keys) {
    for (int t = 0; t < first.length; t++) {
      if (first[t] > 0 || end[t] < keys) {
        return false;
      }
    }
    return true;
  }

  /** Whether some query sees no key. */
  public boolean leaveSomeWithout() {
    for (int t = 0; t < first.length; t++) {
      if (!any(t)) {
        return true;
      }
    }
    return false;
  }
}
