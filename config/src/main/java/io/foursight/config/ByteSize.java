package io.foursight.config;

import io.foursight.model.FoursightException;
import java.util.Locale;

/// A number of bytes; in configuration `1024`, `64KB`, `64KiB`, `64MB`, `1GiB` and so on (KB = KiB
/// = 1024).
public record ByteSize(long bytes) {
  public static ByteSize ofMebibytes(long n) {
    return new ByteSize(n << 20);
  }

  /// @throws FoursightException `BAD_DATA` naming the text
  public static ByteSize parse(String text) {
    String t = text.trim().toUpperCase(Locale.ROOT);
    int digits = 0;
    while (digits < t.length()
        && (Character.isDigit(t.charAt(digits)) || t.charAt(digits) == '.')) {
      digits++;
    }
    int shift =
        switch (t.substring(digits).trim()) {
          case "", "B" -> 0;
          case "K", "KB", "KIB" -> 10;
          case "M", "MB", "MIB" -> 20;
          case "G", "GB", "GIB" -> 30;
          case "T", "TB", "TIB" -> 40;
          default -> -1;
        };
    if (digits == 0 || shift < 0) {
      throw FoursightException.badData("not a size: \"" + text + "\"; write for example 64MiB");
    }
    try {
      return new ByteSize((long) (Double.parseDouble(t.substring(0, digits)) * (1L << shift)));
    } catch (NumberFormatException e) {
      throw FoursightException.badData("not a size: \"" + text + "\"; write for example 64MiB");
    }
  }

  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int u = 0;
    long b = bytes;
    while (b != 0 && b % 1024 == 0 && u < units.length - 1) {
      b /= 1024;
      u++;
    }
    return b + units[u];
  }
}
