/**
 * The parts that models are made of: modules with named parameters, and the losses.
 *
 * <p>Read in this order: {@link dev.jebena.nn.Module} (names, state dictionaries, modes), {@link
 * dev.jebena.nn.Linear}, {@link dev.jebena.nn.Embedding}, {@link dev.jebena.nn.RmsNorm} and {@link
 * dev.jebena.nn.LayerNorm}, {@link dev.jebena.nn.RotaryEmbedding}, {@link dev.jebena.nn.Attention}
 * and {@link dev.jebena.nn.KeyValueCache}, {@link dev.jebena.nn.FeedForward}, {@link
 * dev.jebena.nn.CrossEntropy} and {@link dev.jebena.nn.LinearCrossEntropy}. Each operation uses the
 * device's fused kernel where there is one and otherwise composes tensor operations, whose
 * gradients come by themselves.
 */
package dev.jebena.nn;
