/**
 * Axes by name: {@code rearrange}, {@code reduce}, {@code repeat}, {@code einsum}, {@code pack} and
 * {@code unpack}, after einops (Rogozhnikov, ICLR 2022) and the summation convention (Einstein,
 * 1916).
 *
 * <p>Read in this order: {@link dev.jebena.einops.Einops} (the functions), {@link
 * dev.jebena.einops.Pattern} (one compiled pattern), {@code Lexer} and {@code PatternParser} (the
 * grammar), {@code TransformPlanner} (a pattern meets a shape), {@link dev.jebena.einops.Einsum},
 * {@code EinsumPlanner} and {@code PairPlanner} (products become matrix products over views),
 * {@code PathSearch} (in which order to multiply), {@link dev.jebena.einops.EinopsException} (what
 * can be wrong). Everything is composed of tensor operations, so gradients come by themselves.
 */
package dev.jebena.einops;
