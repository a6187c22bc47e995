package dev.jebena.tokenizer;

import java.util.List;

/**
 * Cuts one after the other: each cuts the pieces of the one before and sees nothing beyond them.
 *
 * @param stages the first cuts the text
 */
record ChainPreTokenizer(List<PreTokenizer> stages) implements PreTokenizer {
  ChainPreTokenizer {
    stages = List.copyOf(stages);
  }

  @Override
  public String name() {
    return "[" + String.join("; ", stages.stream().map(PreTokenizer::name).toList()) + "]";
  }

  @Override
  public int pieceEnd(byte[] utf8, int start, int limit) {
    return over(utf8, start, limit).pieceEnd(utf8, start, limit);
  }

  /** What is certain for the first is certain for all: the others see only its pieces. */
  @Override
  public int safeCut(byte[] utf8, int from, int limit) {
    return stages.getFirst().safeCut(utf8, from, limit);
  }

  @Override
  public PreTokenizer over(byte[] utf8, int from, int to) {
    return new Reading(this, utf8, from, to);
  }

  /** The pieces of one text: of each stage the piece that is being read. */
  private static final class Reading implements PreTokenizer {
    private final ChainPreTokenizer owner;
    private final PreTokenizer[] readers;
    private final int[] ends;
    private final int to;

    Reading(ChainPreTokenizer owner, byte[] utf8, int from, int to) {
      this.owner = owner;
      this.to = to;
      readers = new PreTokenizer[owner.stages.size()];
      ends = new int[readers.length];
      readers[0] = owner.stages.getFirst().over(utf8, from, to);
    }

    @Override
    public int pieceEnd(byte[] utf8, int start, int limit) {
      if (limit != to) {
        throw new IllegalArgumentException("pieces are read in order, to the end of the text");
      }
      int within = to;
      for (int i = 0; i < readers.length; i++) {
        if (ends[i] <= start) {
          ends[i] = readers[i].pieceEnd(utf8, start, within);
          if (i + 1 < readers.length) {
            readers[i + 1] = owner.stages.get(i + 1).over(utf8, start, ends[i]);
            ends[i + 1] = start;
          }
        }
        within = ends[i];
      }
      return within;
    }

    @Override
    public String name() {
      return owner.name();
    }

    @Override
    public int safeCut(byte[] utf8, int from, int limit) {
      return limit;
    }
  }
}
