/**
 * How a trained model speaks: {@link dev.jebena.infer.TextGenerator} (prefill, then a token at a
 * time), {@link dev.jebena.infer.GrowingCache} (keys and values seen so far), {@link
 * dev.jebena.infer.Sampler} (which token comes next), {@link dev.jebena.infer.PromptEnd} (why a
 * prompt that ends in a space needs care).
 */
package dev.jebena.infer;
