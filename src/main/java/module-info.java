/** A language-model engine brewed from scratch in pure Java. */
module dev.jebena {
  requires jdk.incubator.vector;
  requires tools.jackson.databind;
  // what only the command line needs
  requires static info.picocli;
  requires static java.desktop;
  requires static java.management;
  requires static jdk.management;
  requires static org.jline;
  requires static xchart;
  // the OpenCL binding
  requires static jocl;

  exports dev.jebena.memory;
  exports dev.jebena.io;
  exports dev.jebena.data;
  exports dev.jebena.kernel;
  exports dev.jebena.kernel.fused;
  exports dev.jebena.tensor;
  exports dev.jebena.tokenizer;
  exports dev.jebena.nn;
  exports dev.jebena.autograd;
  exports dev.jebena.einops;
  exports dev.jebena.optim;
  exports dev.jebena.model;
  exports dev.jebena.infer;
  exports dev.jebena.train;

  opens dev.jebena.cli to
      info.picocli;

  uses dev.jebena.kernel.DeviceProvider;

  provides dev.jebena.kernel.DeviceProvider with
      dev.jebena.kernel.reference.ReferenceDeviceProvider,
      dev.jebena.kernel.cpu.CpuDeviceProvider,
      dev.jebena.kernel.opencl.OpenClDeviceProvider;
}
