package io.foursight.wire.profiles;

import io.foursight.model.FoursightException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The parameters of Pyroscope's `POST /ingest`.
///
/// @param application `name` before its braces: letters, digits, `_`, `.`, `-`, `/`
/// @param labels what stands in them, `{key=value,...}`
/// @param fromNanos when the profile began; without `from` the time of the request
/// @param untilNanos when it ended
/// @param format of the body
/// @param formatName as it was given
/// @param sampleRate a second; 100 when it is missing or no number
/// @param spy what took the profile, `unknown` when nothing says so
public record IngestRequest(
    String application,
    Map<String, String> labels,
    long fromNanos,
    long untilNanos,
    Format format,
    String formatName,
    long sampleRate,
    String spy) {
  private static final long DEFAULT_RATE = 100;
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);

  /// How the body is to be read.
  public enum Format {
    TRIE,
    TREE,
    LINES,
    JFR,
    PPROF,
    SPEEDSCOPE,
    FOLDED
  }

  public IngestRequest {
    labels = Map.copyOf(labels);
  }

  /// @param parameter the first value of a parameter of the URL, empty when there is none
  /// @param contentType of the request
  /// @param nowNanos the time of the request
  /// @throws FoursightException `BAD_DATA` for a name that is none
  public static IngestRequest parse(
      Function<String, String> parameter, String contentType, long nowNanos) {
    String name = parameter.apply("name");
    int brace = name.indexOf('{');
    String application = (brace < 0 ? name : name.substring(0, brace)).strip();
    checkApplication(application);
    String format = parameter.apply("format");
    String spy = parameter.apply("spyName");
    long from = nanos(parameter.apply("from"), nowNanos);
    return new IngestRequest(
        application,
        brace < 0 ? Map.of() : labels(name.substring(brace + 1)),
        from,
        Math.max(from, nanos(parameter.apply("until"), nowNanos)),
        format(format, contentType.toLowerCase(Locale.ROOT)),
        format,
        rate(parameter.apply("sampleRate")),
        spy.isEmpty() ? "unknown" : spy);
  }

  private static void checkApplication(String application) {
    if (application.isEmpty()) {
      throw FoursightException.badData("name: application name is required");
    }
    for (int i = 0; i < application.length(); i++) {
      char c = application.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
          && "_.-/".indexOf(c) < 0) {
        throw FoursightException.badData(
            "name: invalid application name: "
                + application.substring(0, Math.min(200, application.length()))
                + ": character is not allowed: '"
                + c
                + "'");
      }
    }
  }

  /// What names may be is checked with those of all other protocols.
  private static Map<String, String> labels(String text) {
    var labels = new TreeMap<String, String>();
    int end = text.indexOf('}');
    for (String pair : text.substring(0, end < 0 ? text.length() : end).split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals >= 0) {
        labels.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      } else if (!pair.isBlank()) {
        throw FoursightException.badData("name: the label \"" + pair + "\" has no value");
      }
    }
    if (labels.containsKey("")) {
      throw FoursightException.badData("name: label name is required");
    }
    return labels;
  }

  private static Format format(String format, String contentType) {
    if (format.equals("trie") || contentType.equals("binary/octet-stream+trie")) {
      return Format.TRIE;
    }
    if (format.equals("tree") || contentType.equals("binary/octet-stream+tree")) {
      return Format.TREE;
    }
    return switch (format) {
      case "lines" -> Format.LINES;
      case "jfr" -> Format.JFR;
      case "pprof" -> Format.PPROF;
      case "speedscope" -> Format.SPEEDSCOPE;
      default -> contentType.contains("multipart/form-data") ? Format.PPROF : Format.FOLDED;
    };
  }

  private static long rate(String text) {
    try {
      int rate = Integer.parseInt(text);
      return rate < 0 ? DEFAULT_RATE : rate;
    } catch (NumberFormatException e) {
      return DEFAULT_RATE;
    }
  }

  /// Eight digits are a day, 13 milliseconds, 16 microseconds, 19 nanoseconds, others seconds;
  /// anything else is the time of the request and perhaps something before or behind it, `now-1h`.
  private static long nanos(String text, long nowNanos) {
    String time = text.replaceAll("[\\s_,]", "");
    if (time.isEmpty()) {
      return nowNanos;
    }
    if (!time.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return relative(time, nowNanos);
    }
    try {
      if (time.length() == 8) {
        try {
          return Math.multiplyExact(
              LocalDate.parse(time, DAY).atStartOfDay(ZoneOffset.UTC).toEpochSecond(),
              1_000_000_000L);
        } catch (DateTimeException e) {
          // Seconds then.
        }
      }
      long number = Long.parseLong(time);
      return switch (time.length()) {
        case 13 -> Math.multiplyExact(number, 1_000_000L);
        case 16 -> Math.multiplyExact(number, 1000L);
        case 19 -> number;
        default -> Math.multiplyExact(number, 1_000_000_000L);
      };
    } catch (ArithmeticException | NumberFormatException e) {
      throw FoursightException.badData("time \"" + text + "\" is not one of this era");
    }
  }

  private static long relative(String time, long nowNanos) {
    int sign = Math.max(time.indexOf('+'), time.indexOf('-'));
    if (sign < 0) {
      return nowNanos;
    }
    long seconds = 0;
    int at = sign + 1;
    while (at < time.length()) {
      int digits = at;
      while (digits < time.length() && Character.isDigit(time.charAt(digits))) {
        digits++;
      }
      int unit = digits;
      while (unit < time.length() && !Character.isDigit(time.charAt(unit))) {
        unit++;
      }
      long amount = digits == at || digits - at > 9 ? 0 : Long.parseLong(time, at, digits, 10);
      seconds += amount * unitSeconds(time.substring(digits, unit));
      at = unit;
    }
    return nowNanos + (time.charAt(sign) == '-' ? -1 : 1) * seconds * 1_000_000_000L;
  }

  /// As Graphite has them.
  private static long unitSeconds(String unit) {
    if (unit.startsWith("mon") || unit.startsWith("M")) {
      return 30L * 86_400;
    }
    return switch (unit.isEmpty() ? ' ' : unit.charAt(0)) {
      case 's' -> 1;
      case 'm' -> 60;
      case 'h' -> 3600;
      case 'd' -> 86_400;
      case 'w' -> 7L * 86_400;
      case 'y' -> 365L * 86_400;
      default -> 0;
    };
  }

  /// Labels that every profile of the request has: what took it, and where it came from. Names with
  /// two underscores in front are left out, but for the session's.
  ///
  /// @param service what `service_name` is unless a label says so; then it is `app_name`
  Map<String, String> seriesLabels(String service) {
    var all = new TreeMap<String, String>();
    labels.forEach((name, value) -> {
      if (!name.startsWith("__") || name.equals("__session_id__")) {
        all.put(name, value);
      }
    });
    if (all.getOrDefault("service_name", "").isEmpty()) {
      all.put("service_name", service);
    } else {
      all.putIfAbsent("app_name", service);
    }
    all.put("__delta__", "false");
    all.put("pyroscope_spy", spy);
    return all;
  }
}
