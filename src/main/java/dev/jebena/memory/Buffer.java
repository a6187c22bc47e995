package dev.jebena.memory;

/**
 * A run of bytes on some device. What is inside is the device's business: only a {@link HostBuffer}
 * can be read by the host.
 */
public interface Buffer {
  /** Usable bytes. */
  long byteSize();

  /** Gives the memory back to where it came from. A second call does nothing. */
  void release();
}
