/**
 * How parameters learn: {@link dev.jebena.optim.AdamW}, {@link dev.jebena.optim.LearningRate}
 * schedules and {@link dev.jebena.optim.GradientNorm} for clipping.
 */
package dev.jebena.optim;
