package dev.jebena.einops;

/**
 * The size of a named axis, where a pattern cannot know it.
 *
 * @param name as in the pattern
 * @param size 0 or more
 */
public record Axis(String name, long size) {
  @Override
  public String toString() {
    return name + "=" + size;
  }
}
