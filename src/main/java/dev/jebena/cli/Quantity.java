package dev.jebena.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Quantity {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E"};

  private Quantity() {}

  /** {@code 1640452800} as "1,640,452,800". */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code 6561811200} as "6.11 GiB". */
  static String bytes(double bytes) {
    int unit = 0;
    while (bytes >= 1024 && unit < BINARY.length - 1) {
      bytes /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.2f %s", bytes, BINARY[unit]);
  }

  /** {@code 3.5168e12} with the unit FLOP as "3.517 TFLOP". */
  static String scaled(double value, String unit) {
    int step = 0;
    while (value >= 1000 && step < DECIMAL.length - 1) {
      value /= 1000;
      step++;
    }
    return String.format(Locale.ROOT, "%.3f %s%s", value, DECIMAL[step], unit);
  }

  /** Seconds with as many digits as matter: "0.031 s", "2.4 s", "12 min 5 s". */
  static String seconds(double seconds) {
    if (seconds >= 120) {
      return "%d min %d s".formatted((long) seconds / 60, (long) seconds % 60);
    }
    return String.format(Locale.ROOT, seconds < 1 ? "%.3f s" : "%.1f s", seconds);
  }
}
