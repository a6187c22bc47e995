package dev.jebena.tensor;

/**
 * Standard deviation and mean of the same elements.
 *
 * @param std the standard deviation
 * @param mean the mean, of the same shape
 */
public record StdMean(Tensor std, Tensor mean) {}
