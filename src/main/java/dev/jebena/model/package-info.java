/**
 * Whole models: {@link dev.jebena.model.TransformerConfig} (every choice a field of a small
 * record), {@link dev.jebena.model.Transformer}, {@link dev.jebena.model.Presets}, {@link
 * dev.jebena.model.Initialisation}, {@link dev.jebena.model.Accounting} of parameters, FLOPs and
 * memory; {@link dev.jebena.model.ModelFiles} reads and writes them, {@code model.hf} in the words
 * of each family.
 */
package dev.jebena.model;
