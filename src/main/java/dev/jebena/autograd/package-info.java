/**
 * What is built on the tape. {@link dev.jebena.autograd.Autograd} gives gradients as values, {@link
 * dev.jebena.autograd.CustomOperation} is an operation with a gradient of one's own, {@link
 * dev.jebena.autograd.JointOperation} one with several results, {@link
 * dev.jebena.autograd.GradientCheck} holds gradient rules against differences, {@link
 * dev.jebena.autograd.Anomaly} finds the first NaN, {@link dev.jebena.autograd.Checkpointing}
 * trades time for memory, {@link dev.jebena.autograd.Graph} draws what was recorded, {@link
 * dev.jebena.autograd.Profiler} tells where the time goes.
 */
package dev.jebena.autograd;
