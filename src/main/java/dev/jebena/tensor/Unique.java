package dev.jebena.tensor;

/**
 * The different values of a tensor.
 *
 * @param values each value once, ascending, {@code [U]}
 * @param inverse for every element of the tensor, in its shape, the index of its value; i64
 * @param counts how often each value stood there, {@code [U]}, i64
 */
public record Unique(Tensor values, Tensor inverse, Tensor counts) {}
