package dev.jebena.train;

import java.nio.file.Path;

/**
 * What a run came to.
 *
 * @param steps taken in all
 * @param tokens learned from in all
 * @param seconds of this process, preparation included
 * @param trainLoss of the last step, in nats
 * @param completions three prompts with what the model made of them
 * @param stopped whether it was asked to stop before its last step
 * @param profile the time of each operation, for people, or null where it was not asked for
 */
public record TrainResult(
    Path run,
    long steps,
    long totalSteps,
    long tokens,
    double seconds,
    double tokensPerSecond,
    double gflops,
    double trainLoss,
    double valLoss,
    double valBitsPerByte,
    double gzipBitsPerByte,
    long peakRssBytes,
    long parameters,
    java.util.List<Report.Sample> completions,
    boolean stopped,
    String profile) {}
