package dev.jebena.tensor;

/**
 * The smallest and the largest elements of the same places.
 *
 * @param min the smallest
 * @param max the largest, of the same shape
 */
public record MinMax(Tensor min, Tensor max) {}
