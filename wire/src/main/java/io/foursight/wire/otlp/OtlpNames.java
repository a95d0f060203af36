package io.foursight.wire.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/// Prometheus names for OTLP metrics and attributes under one strategy. Immutable.
final class OtlpNames {
  /// What decides the type suffix.
  enum Kind {
    COUNTER,
    GAUGE,
    OTHER
  }

  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("d", "days"),
          Map.entry("h", "hours"),
          Map.entry("min", "minutes"),
          Map.entry("s", "seconds"),
          Map.entry("ms", "milliseconds"),
          Map.entry("us", "microseconds"),
          Map.entry("ns", "nanoseconds"),
          Map.entry("By", "bytes"),
          Map.entry("KiBy", "kibibytes"),
          Map.entry("MiBy", "mebibytes"),
          Map.entry("GiBy", "gibibytes"),
          Map.entry("TiBy", "tebibytes"),
          Map.entry("KBy", "kilobytes"),
          Map.entry("MBy", "megabytes"),
          Map.entry("GBy", "gigabytes"),
          Map.entry("TBy", "terabytes"),
          Map.entry("m", "meters"),
          Map.entry("V", "volts"),
          Map.entry("A", "amperes"),
          Map.entry("J", "joules"),
          Map.entry("W", "watts"),
          Map.entry("g", "grams"),
          Map.entry("Cel", "celsius"),
          Map.entry("Hz", "hertz"),
          Map.entry("1", ""),
          Map.entry("%", "percent"));
  private static final Map<String, String> PER_UNITS =
      Map.of(
          "s", "second", "m", "minute", "h", "hour", "d", "day", "w", "week", "mo", "month", "y",
          "year");

  private final TranslationStrategy strategy;

  OtlpNames(TranslationStrategy strategy) {
    this.strategy = strategy;
  }

  /// @return empty when nothing of the name is left
  String metric(String name, String unit, Kind kind) {
    if (!strategy.escapes()) {
      return strategy.suffixes() ? withSuffixes(name, unit, kind) : name;
    }
    String out;
    if (strategy.suffixes()) {
      List<String> tokens = fields(name, c -> isAlphanumeric(c) || c == ':');
      addUnit(tokens, unit);
      if (kind == Kind.COUNTER) {
        moveToEnd(tokens, "total");
      } else if (kind == Kind.GAUGE && unit.equals("1")) {
        moveToEnd(tokens, "ratio");
      }
      out = fields(name, OtlpNames::isAlphanumeric).isEmpty() ? "" : String.join("_", tokens);
    } else {
      out = String.join("_", fields(name, c -> isAlphanumeric(c) || c == ':' || c == '_'));
    }
    return !out.isEmpty() && Character.isDigit(out.charAt(0)) ? "_" + out : out;
  }

  private static String withSuffixes(String name, String unit, Kind kind) {
    if (name.isEmpty()) {
      return "";
    }
    String out = name;
    String[] units = unitSuffixes(unit);
    if (!units[0].isEmpty() && !out.endsWith(units[0])) {
      out += "_" + units[0];
    }
    if (!units[1].isEmpty()) {
      out = withoutSuffix(out, units[1]) + "_" + units[1];
    }
    if (kind == Kind.GAUGE && unit.equals("1")) {
      out = withoutSuffix(out, "ratio") + "_ratio";
    }
    return kind == Kind.COUNTER ? withoutSuffix(out, "total") + "_total" : out;
  }

  private static String withoutSuffix(String name, String suffix) {
    if (name.endsWith(suffix) && name.length() > suffix.length() + 1) {
      int cut = name.length() - suffix.length();
      return name.charAt(cut - 1) == '_' ? name.substring(0, cut - 1) : name;
    }
    return name;
  }

  private static void addUnit(List<String> tokens, String unit) {
    String[] units = unitSuffixes(unit);
    String main = clean(units[0]);
    String per = clean(units[1]);
    if (!main.isEmpty() && !tokens.contains(main)) {
      tokens.add(main);
    }
    if (!per.isEmpty() && !tokens.contains(per.substring("per_".length()))) {
      tokens.add(per);
    }
  }

  /// The main unit and `per_x`, each empty when there is none.
  private static String[] unitSuffixes(String unit) {
    String[] parts = unit.split("/", 2);
    String main = parts[0].trim();
    String per = parts.length > 1 ? parts[1].trim() : "";
    String mainSuffix =
        main.contains("{") || main.contains("}") ? "" : UNITS.getOrDefault(main, main);
    String perSuffix =
        per.contains("{") || per.contains("}") ? "" : PER_UNITS.getOrDefault(per, per);
    return new String[] {mainSuffix, perSuffix.isEmpty() ? "" : "per_" + perSuffix};
  }

  private static String clean(String unit) {
    String out = String.join("_", fields(unit, OtlpNames::isAlphanumeric));
    return out.equals("per") ? "" : out;
  }

  private static void moveToEnd(List<String> tokens, String token) {
    tokens.removeIf(token::equals);
    tokens.add(token);
  }

  /// The name of a label for an attribute key.
  String label(String key) {
    if (!strategy.escapes() || key.isEmpty()) {
      return key;
    }
    var out = new StringBuilder(key.length() + 4);
    key.codePoints().forEach(c -> out.append(isAlphanumeric(c) ? (char) c : '_'));
    if (out.charAt(0) >= '0' && out.charAt(0) <= '9') {
      out.insert(0, "key_");
    } else if (out.charAt(0) == '_' && !(out.length() > 1 && out.charAt(1) == '_')) {
      out.insert(0, "key");
    }
    return out.toString();
  }

  /// The runs of wanted characters.
  private static List<String> fields(String text, IntPredicate wanted) {
    List<String> all = new ArrayList<>();
    var run = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (wanted.test(c)) {
            run.appendCodePoint(c);
          } else if (!run.isEmpty()) {
            all.add(run.toString());
            run.setLength(0);
          }
        });
    if (!run.isEmpty()) {
      all.add(run.toString());
    }
    return all;
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
