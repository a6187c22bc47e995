package dev.jebena.tensor;

/**
 * Variance and mean of the same elements.
 *
 * @param var the variance
 * @param mean the mean, of the same shape
 */
public record VarMean(Tensor var, Tensor mean) {}
