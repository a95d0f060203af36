package io.foursight.querylanguages.text;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// Byte sizes as the Go library humanize reads them: `5 kB`, `1.5GiB`, `42`; letters in any case,
/// blanks before the unit allowed, commas between digits ignored.
public final class GoByteSizes {
  private static final Map<String, Double> UNITS =
      Map.ofEntries(
          Map.entry("", 1.0),
          Map.entry("b", 1.0),
          Map.entry("k", 1e3),
          Map.entry("kb", 1e3),
          Map.entry("ki", 0x1p10),
          Map.entry("kib", 0x1p10),
          Map.entry("m", 1e6),
          Map.entry("mb", 1e6),
          Map.entry("mi", 0x1p20),
          Map.entry("mib", 0x1p20),
          Map.entry("g", 1e9),
          Map.entry("gb", 1e9),
          Map.entry("gi", 0x1p30),
          Map.entry("gib", 0x1p30),
          Map.entry("t", 1e12),
          Map.entry("tb", 1e12),
          Map.entry("ti", 0x1p40),
          Map.entry("tib", 0x1p40),
          Map.entry("p", 1e15),
          Map.entry("pb", 1e15),
          Map.entry("pi", 0x1p50),
          Map.entry("pib", 0x1p50),
          Map.entry("e", 1e18),
          Map.entry("eb", 1e18),
          Map.entry("ei", 0x1p60),
          Map.entry("eib", 0x1p60));

  private GoByteSizes() {}

  /// Bytes, or empty when the text is no size or beyond 63 bits.
  public static OptionalLong parse(String text) {
    int digits = 0;
    while (digits < text.length() && isNumeric(text.charAt(digits))) {
      digits++;
    }
    Double unit = UNITS.get(text.substring(digits).strip().toLowerCase(Locale.ROOT));
    double number = GoFloats.parse(text.substring(0, digits).replace(",", ""));
    if (unit == null || Double.isNaN(number) || number * unit >= 0x1p63) {
      return OptionalLong.empty();
    }
    return OptionalLong.of((long) (number * unit));
  }

  /// What is wrong with a text that [#parse(String)] refuses.
  public static String problem(String text) {
    int digits = 0;
    while (digits < text.length() && isNumeric(text.charAt(digits))) {
      digits++;
    }
    if (Double.isNaN(GoFloats.parse(text.substring(0, digits).replace(",", "")))) {
      return GoFloats.problem(text.substring(0, digits));
    }
    String unit = text.substring(digits).strip().toLowerCase(Locale.ROOT);
    return UNITS.containsKey(unit) ? "too large: " + text : "unhandled size name: " + unit;
  }

  private static boolean isNumeric(char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == ',';
  }
}
