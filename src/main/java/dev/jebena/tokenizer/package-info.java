/**
 * Text to token ids and back: byte-level BPE (Sennrich et al. 2016; Radford et al. 2019) trained
 * and run from scratch, and a character tokenizer to start with.
 *
 * <p>Reading order: {@link dev.jebena.tokenizer.Tokenizer} (what every tokenizer does), {@link
 * dev.jebena.tokenizer.PreTokenizer} and {@link dev.jebena.tokenizer.Gpt2PreTokenizer} (cutting
 * text into pieces), {@link dev.jebena.tokenizer.BpeTrainer} with {@code PieceCounter} and {@code
 * MergeState} (learning merges), {@link dev.jebena.tokenizer.BpeTokenizer} with {@code BpeEncoder}
 * (applying them), {@link dev.jebena.tokenizer.StreamDecoder} (printing ids as they arrive), {@link
 * dev.jebena.tokenizer.TokenizerFiles} (the files other tools read).
 */
package dev.jebena.tokenizer;
