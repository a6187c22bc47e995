/**
 * Tensors, their operations each with its gradient rule beside it, and the tape.
 *
 * <p>Read in this order: {@link dev.jebena.tensor.Tensor} (the API), {@code Elementwise} (forward
 * and gradient of the simplest operations), {@link dev.jebena.tensor.Tape} (how an operation is
 * remembered), {@code BackwardPass} (how gradients flow back), then the other operations by
 * subject: {@code Views}, {@code Reductions}, {@code LinearAlgebra}, {@code Indexing}, {@code
 * Joining}, {@code Softmax}. {@code InPlace} and {@code Regions} overwrite what is recorded, {@code
 * Clock} tells whether a gradient came too late for a value, {@code Recomputation} forgets a piece
 * of a graph and computes it again. {@link dev.jebena.tensor.Operation} describes an operation for
 * the tests that walk the table of all of them.
 */
package dev.jebena.tensor;
