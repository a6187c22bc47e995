/**
 * Models of other people: how each family of Hugging Face models says its configuration in {@code
 * config.json}, and under which names and in which form its parameters stand in the file.
 *
 * <p>Read {@link dev.jebena.model.hf.Family} first, then a family such as {@link
 * dev.jebena.model.hf.Gpt2}; {@link dev.jebena.model.hf.ConfigFile} and {@link
 * dev.jebena.model.hf.WeightFiles} read and write.
 */
package dev.jebena.model.hf;
