package dev.jebena.data;

/**
 * What was put into a token file.
 *
 * @param tokens ids, end-of-text tokens included
 * @param documents documents
 * @param textBytes bytes of UTF-8 in the documents
 */
public record WrittenTokens(long tokens, long documents, long textBytes) {}
