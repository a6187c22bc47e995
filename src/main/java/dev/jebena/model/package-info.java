/**
 * Whole models: {@link dev.jebena.model.TransformerConfig} (every choice in one record), {@link
 * dev.jebena.model.Transformer}, {@link dev.jebena.model.Presets}, {@link
 * dev.jebena.model.Initialisation} and {@link dev.jebena.model.Accounting} of parameters and FLOPs;
 * {@link dev.jebena.model.ModelFiles} reads and writes them.
 */
package dev.jebena.model;
