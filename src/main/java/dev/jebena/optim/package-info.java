/**
 * How parameters learn: an {@link dev.jebena.optim.Optimizer} moves them, {@link
 * dev.jebena.optim.AdamW} or by any {@link dev.jebena.optim.UpdateRule} a group ({@link
 * dev.jebena.optim.Adam}, {@link dev.jebena.optim.Sgd}, {@link dev.jebena.optim.Lion}, {@link
 * dev.jebena.optim.Adafactor}, {@link dev.jebena.optim.Muon}); {@link
 * dev.jebena.optim.LearningRate} has the schedules, {@link dev.jebena.optim.GradientNorm} is for
 * clipping, {@link dev.jebena.optim.WeightAverage} keeps a smoother copy.
 */
package dev.jebena.optim;
