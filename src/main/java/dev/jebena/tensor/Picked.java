package dev.jebena.tensor;

/**
 * Elements that an operation picked along an axis, and where they stood.
 *
 * @param values the elements; gradients flow through them
 * @param indices their positions along the axis before, i64, of the same shape
 */
public record Picked(Tensor values, Tensor indices) {}
