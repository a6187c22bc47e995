/** A language-model engine brewed from scratch in pure Java. */
module dev.jebena {
  requires jdk.incubator.vector;
  requires tools.jackson.databind;

  exports dev.jebena.memory;
  exports dev.jebena.kernel;
  exports dev.jebena.kernel.fused;
  exports dev.jebena.tensor;
  exports dev.jebena.nn;
  exports dev.jebena.autograd;
  exports dev.jebena.optim;
  exports dev.jebena.model;

  uses dev.jebena.kernel.DeviceProvider;

  provides dev.jebena.kernel.DeviceProvider with
      dev.jebena.kernel.reference.ReferenceDeviceProvider;
}
