package dev.jebena.data;

/**
 * What a corpus holds.
 *
 * @param documents how many
 * @param bytes of UTF-8 in all
 * @param skipped files passed over because they are no text
 */
public record CorpusSize(long documents, long bytes, long skipped) {}
