package dev.jebena.optim;

import dev.jebena.tensor.Tensor;
import java.util.Map;

/**
 * Parameters that move by one rule.
 *
 * @param parameters by name
 * @param rule how they move
 * @param weightDecay per step, times the learning rate
 * @param rateFactor what the schedule's learning rate is multiplied by for them
 */
public record ParameterGroup(
    Map<String, Tensor> parameters, UpdateRule rule, double weightDecay, double rateFactor) {}
