package dev.jebena.kernel.opencl;

import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * What a driver says about one of its devices.
 *
 * @param index the number behind the colon of {@code opencl:1}
 * @param cpu whether it is a processor, which wants other kernels than a GPU
 * @param doubles whether it computes in f64
 * @param halves whether the driver claims arithmetic in f16
 * @param exactDivision whether f32 division and roots can be asked to round correctly
 * @param largestBuffer bytes of the largest buffer
 */
record DeviceInfo(
    int index,
    cl_platform_id platform,
    cl_device_id id,
    String platformName,
    String name,
    String vendor,
    String driver,
    String version,
    boolean cpu,
    boolean gpu,
    boolean doubles,
    boolean halves,
    boolean exactDivision,
    int computeUnits,
    long memory,
    long largestBuffer,
    long localMemory,
    long largestGroup) {

  /** One line for people. */
  String describe() {
    return "%s (%s), driver %s, %d compute units, %.1f GiB"
        .formatted(name.strip(), platformName, driver, computeUnits, memory / (double) (1L << 30));
  }
}
