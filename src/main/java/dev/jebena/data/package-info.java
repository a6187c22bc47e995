/**
 * From text to batches: corpora, the hold-out, token files, training batches and evaluation
 * windows.
 *
 * <p>Read in the order in which a run uses them: {@link dev.jebena.data.Document}, {@link
 * dev.jebena.data.Corpus} (documents out of files, folders, archives or the sources of the JDK),
 * {@link dev.jebena.data.Split} (what is never trained on), {@link dev.jebena.data.Encoding} and
 * {@link dev.jebena.data.TokenData} (documents as one stream of token ids, in memory or mapped from
 * a file), {@link dev.jebena.data.BatchLoader} (every token once an epoch, in seeded order), {@link
 * dev.jebena.data.EvaluationWindows} (every held-out token exactly once) and {@link
 * dev.jebena.data.GzipBaseline} (what a general compressor makes of the same bytes).
 *
 * <p>Whatever is wrong with the data is a {@link dev.jebena.data.DataException} of one line.
 */
package dev.jebena.data;
