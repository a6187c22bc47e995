package dev.jebena.kernel.opencl;

import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_mem;

/**
 * An argument of a kernel, by value or by memory object.
 *
 * @param size in bytes
 */
record Argument(long size, Pointer value) {
  static Argument of(cl_mem memory) {
    return new Argument(Sizeof.cl_mem, Pointer.to(memory));
  }

  /** {@code int}, or a vector of them. */
  static Argument of(int... values) {
    return new Argument((long) values.length * Integer.BYTES, Pointer.to(values));
  }

  /** {@code long}, or a vector of them. */
  static Argument of(long... values) {
    return new Argument((long) values.length * Long.BYTES, Pointer.to(values));
  }

  static Argument real(float value) {
    return new Argument(Float.BYTES, Pointer.to(new float[] {value}));
  }

  static Argument real(double value) {
    return new Argument(Double.BYTES, Pointer.to(new double[] {value}));
  }
}
