/**
 * How a trained model speaks: {@link dev.jebena.infer.TextGenerator} (prefill, then a token at a
 * time), {@link dev.jebena.infer.GrowingCache} (keys and values seen so far), {@link
 * dev.jebena.infer.Sampler} (which token comes next).
 */
package dev.jebena.infer;
