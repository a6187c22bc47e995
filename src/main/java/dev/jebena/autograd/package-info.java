/**
 * What is built on the tape: {@link dev.jebena.autograd.GradientCheck} holds gradient rules against
 * differences.
 */
package dev.jebena.autograd;
