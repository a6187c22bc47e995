package dev.jebena.train;

import java.util.Locale;

/** Numbers as people read them; the same in every locale. */
final class Words {
  private Words() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A rate or size in thousands, millions or billions: {@code 12.3k}. */
  static String compact(double number) {
    double size = Math.abs(number);
    return size < 999.5
        ? fixed(number, size < 10 ? 1 : 0)
        : size < 999_500
            ? fixed(number / 1e3, size < 99_950 ? 1 : 0) + "k"
            : size < 999.5e6 ? fixed(number / 1e6, 1) + "M" : fixed(number / 1e9, 1) + "B";
  }

  static String fixed(double number, int digits) {
    return Double.isFinite(number) ? String.format(Locale.ROOT, "%." + digits + "f", number) : "-";
  }

  static String scientific(double number) {
    return Double.isFinite(number) ? String.format(Locale.ROOT, "%.1e", number) : "-";
  }

  static String bytes(long bytes) {
    return bytes < 1_000_000_000L ? fixed(bytes / 1e6, 0) + " MB" : fixed(bytes / 1e9, 1) + " GB";
  }

  /** {@code 4:05}, or {@code 1:04:05} from an hour on. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "-";
    }
    long whole = Math.max(0, Math.round(seconds));
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
