package dev.jebena.train;

import java.nio.file.Path;
import java.util.List;

/**
 * What a user asks for; everything left out is null or empty and gets its default.
 *
 * @param data texts to learn from; none for the sources of the running JDK
 * @param tokenizer {@code char}, a folder, or null to learn byte-level BPE
 * @param vocabularySize of a tokenizer to learn
 * @param preset name of a configuration
 * @param config a file in the form of a {@code config.json} instead of the preset, or null
 * @param dropout of embeddings and of what is added; null for what the configuration says
 * @param attentionDropout of attention's weights; null for what the configuration says
 * @param zLoss weight of the z-loss; null for what the configuration says
 * @param contextLength of a preset by depth
 * @param model folder of a model to go on training
 * @param steps in all; null where time decides
 * @param minutes for everything; null where steps decide
 * @param weightDecay of matrices and embeddings; null for the usual
 * @param finalLearningRate share of the peak that is left at the end; null for the usual
 * @param clipNorm what the norm of all gradients is cut to; null for the usual
 * @param optimisation rule, schedule and what goes with them
 * @param out folder of the run
 */
public record TrainRequest(
    List<Path> data,
    String tokenizer,
    int vocabularySize,
    String preset,
    Path config,
    Double dropout,
    Double attentionDropout,
    Double zLoss,
    int contextLength,
    Integer batchSize,
    int accumulation,
    Double learningRate,
    Double weightDecay,
    Double finalLearningRate,
    Double clipNorm,
    Optimisation optimisation,
    Path model,
    Long steps,
    Double minutes,
    Path out,
    long seed,
    String device) {}
