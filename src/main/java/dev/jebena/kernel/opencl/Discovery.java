package dev.jebena.kernel.opencl;

import dev.jebena.kernel.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Asks all drivers of the machine for their devices. */
final class Discovery {
  /** What the loader answers where no driver is installed ({@code CL_PLATFORM_NOT_FOUND_KHR}). */
  private static final int NO_PLATFORM = -1001;

  private Discovery() {}

  /**
   * The devices of all platforms, in the order of the drivers.
   *
   * @throws DeviceException where there is none, saying in a line what is missing
   */
  static List<DeviceInfo> devices() {
    return devices(LoaderLibrary.names());
  }

  /** The same where the system's library has one of these names. */
  static List<DeviceInfo> devices(List<String> libraries) {
    if (!LoaderLibrary.isThere(libraries)) {
      throw new DeviceException(
          "opencl: there is no OpenCL library on this machine (on Debian: apt-get install"
              + " ocl-icd-libopencl1 and a driver, such as pocl-opencl-icd for the processor)");
    }
    try {
      CL.setExceptionsEnabled(true);
      return ask();
    } catch (LinkageError e) {
      throw new DeviceException("opencl: the binding cannot be loaded: " + e.getMessage(), e);
    } catch (CLException e) {
      if (e.getStatus() == NO_PLATFORM) {
        throw new DeviceException(
            "opencl: the OpenCL library finds no driver (for the processor, on Debian: apt-get"
                + " install pocl-opencl-icd)",
            e);
      }
      throw new DeviceException("opencl: devices cannot be listed: " + e.getMessage(), e);
    }
  }

  private static List<DeviceInfo> ask() {
    int[] count = new int[1];
    CL.clGetPlatformIDs(0, null, count);
    var platforms = new cl_platform_id[count[0]];
    CL.clGetPlatformIDs(platforms.length, platforms, null);
    var found = new ArrayList<DeviceInfo>();
    for (var platform : platforms) {
      for (var device : devicesOf(platform)) {
        found.add(describe(found.size(), platform, device));
      }
    }
    if (found.isEmpty()) {
      throw new DeviceException("opencl: drivers are installed, but none of them has a device");
    }
    return found;
  }

  private static cl_device_id[] devicesOf(cl_platform_id platform) {
    try {
      int[] count = new int[1];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      var devices = new cl_device_id[count[0]];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, devices.length, devices, null);
      return devices;
    } catch (CLException e) {
      if (e.getStatus() == CL.CL_DEVICE_NOT_FOUND) {
        return new cl_device_id[0];
      }
      throw e;
    }
  }

  private static DeviceInfo describe(int index, cl_platform_id platform, cl_device_id device) {
    long type = number(device, CL.CL_DEVICE_TYPE);
    long singles = number(device, CL.CL_DEVICE_SINGLE_FP_CONFIG);
    var extensions = text(device, CL.CL_DEVICE_EXTENSIONS);
    return new DeviceInfo(
        index,
        platform,
        device,
        text(platform, CL.CL_PLATFORM_NAME),
        text(device, CL.CL_DEVICE_NAME),
        text(device, CL.CL_DEVICE_VENDOR),
        text(device, CL.CL_DRIVER_VERSION),
        text(device, CL.CL_DEVICE_VERSION),
        (type & CL.CL_DEVICE_TYPE_CPU) != 0,
        (type & CL.CL_DEVICE_TYPE_GPU) != 0,
        extensions.contains("cl_khr_fp64"),
        extensions.contains("cl_khr_fp16"),
        (singles & CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0,
        (int) number(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS),
        number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
        number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE),
        number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE));
  }

  /** Of up to 8 bytes; what the driver does not write stays 0. */
  private static long number(cl_device_id device, int what) {
    long[] size = new long[1];
    CL.clGetDeviceInfo(device, what, 0, null, size);
    long[] value = new long[1];
    CL.clGetDeviceInfo(device, what, size[0], Pointer.to(value), null);
    return value[0];
  }

  private static String text(cl_device_id device, int what) {
    long[] size = new long[1];
    CL.clGetDeviceInfo(device, what, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    CL.clGetDeviceInfo(device, what, bytes.length, Pointer.to(bytes), null);
    return text(bytes);
  }

  private static String text(cl_platform_id platform, int what) {
    long[] size = new long[1];
    CL.clGetPlatformInfo(platform, what, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    CL.clGetPlatformInfo(platform, what, bytes.length, Pointer.to(bytes), null);
    return text(bytes);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8).strip();
  }
}
