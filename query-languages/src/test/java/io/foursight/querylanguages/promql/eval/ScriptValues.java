package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.StaleMarker;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Series and values as test scripts write them.
final class ScriptValues {
  private static final String NUMBER =
      "[+-]?(?:(?i:inf|nan)|(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)";
  private static final Pattern REPEATED =
      Pattern.compile("(" + NUMBER + ")(?:([+-])(" + NUMBER + "))?x(\\d+)");
  private static final Pattern HISTOGRAM =
      Pattern.compile("\\{\\{(.*?)}}(?:(?:([+-])\\{\\{(.*?)}})?x(\\d+))?");

  private ScriptValues() {}

  /// @param value NaN for a histogram
  record Value(double value, Optional<NativeHistogram> histogram, boolean hinted) {
    static Value of(double v) {
      return new Value(v, Optional.empty(), false);
    }
  }

  record Line(Labels labels, boolean starts, String rest) {}

  static boolean isNumber(String text) {
    return text.matches(NUMBER) || text.matches("0x[0-9a-fA-F]+");
  }

  static double number(String text) {
    String t = text.toLowerCase(Locale.ROOT);
    return switch (t) {
      case "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan", "+nan", "-nan" -> Double.NaN;
      default -> t.startsWith("0x") ? Long.parseLong(t.substring(2), 16) : Double.parseDouble(t);
    };
  }

  static long millis(String text) {
    return text.equals("0") ? 0 : GoDurations.parse(text).orElseThrow();
  }

  static Line line(String text) {
    int i = 0;
    while (i < text.length() && "{ \t@".indexOf(text.charAt(i)) < 0) {
      i++;
    }
    Map<String, String> labels = new TreeMap<>();
    if (i > 0) {
      labels.put(Labels.METRIC_NAME, text.substring(0, i));
    }
    if (i < text.length() && text.charAt(i) == '{' && !text.startsWith("{{", i)) {
      i = braces(text, i + 1, labels);
    }
    boolean starts = text.startsWith("@st", i);
    return new Line(Labels.of(labels), starts, text.substring(starts ? i + 3 : i).strip());
  }

  private static int braces(String text, int from, Map<String, String> labels) {
    int i = from;
    while (true) {
      while (" \t,".indexOf(text.charAt(i)) >= 0) {
        i++;
      }
      if (text.charAt(i) == '}') {
        return i + 1;
      }
      String name;
      if (isQuote(text.charAt(i))) {
        int end = quoteEnd(text, i);
        name = GoStrings.unquote(text.substring(i, end)).orElseThrow();
        i = end;
      } else {
        int end = i;
        while ("=, \t}".indexOf(text.charAt(end)) < 0) {
          end++;
        }
        name = text.substring(i, end);
        i = end;
      }
      while (text.charAt(i) == ' ') {
        i++;
      }
      if (text.charAt(i) != '=') {
        labels.put(Labels.METRIC_NAME, name);
        continue;
      }
      i++;
      while (text.charAt(i) == ' ') {
        i++;
      }
      int end = quoteEnd(text, i);
      labels.put(name, GoStrings.unquote(text.substring(i, end)).orElseThrow());
      i = end;
    }
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private static int quoteEnd(String text, int start) {
    char quote = text.charAt(start);
    int i = start + 1;
    while (text.charAt(i) != quote) {
      i += text.charAt(i) == '\\' && quote != '`' ? 2 : 1;
    }
    return i + 1;
  }

  /// The values of a line; empty where one is left out.
  static List<Optional<Value>> values(String text) {
    var out = new ArrayList<Optional<Value>>();
    for (String token : tokens(text)) {
      values(token, out);
    }
    return out;
  }

  private static List<String> tokens(String text) {
    var out = new ArrayList<String>();
    int i = 0;
    while (i < text.length()) {
      if (Character.isWhitespace(text.charAt(i))) {
        i++;
        continue;
      }
      if (text.charAt(i) == '#') {
        break;
      }
      int start = i;
      while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
        i = text.startsWith("{{", i) ? text.indexOf("}}", i) + 2 : i + 1;
      }
      out.add(text.substring(start, i));
    }
    return out;
  }

  private static void values(String token, List<Optional<Value>> out) {
    if (token.equals("stale")) {
      out.add(Optional.of(Value.of(StaleMarker.VALUE)));
    } else if (token.equals("_")) {
      out.add(Optional.empty());
    } else if (token.startsWith("_x")) {
      for (int i = Integer.parseInt(token.substring(2)); i > 0; i--) {
        out.add(Optional.empty());
      }
    } else if (token.startsWith("{{")) {
      histograms(token, out);
    } else {
      floats(token, out);
    }
  }

  private static void floats(String token, List<Optional<Value>> out) {
    Matcher m = REPEATED.matcher(token);
    if (!m.matches()) {
      out.add(Optional.of(Value.of(number(token))));
      return;
    }
    double value = number(m.group(1));
    double delta = m.group(3) == null ? 0 : number(m.group(3));
    for (int i = Integer.parseInt(m.group(4)); i >= 0; i--) {
      out.add(Optional.of(Value.of(value)));
      value = "-".equals(m.group(2)) ? value - delta : value + delta;
    }
  }

  private static void histograms(String token, List<Optional<Value>> out) {
    Matcher m = HISTOGRAM.matcher(token);
    if (!m.matches()) {
      throw new IllegalArgumentException("bad histogram: " + token);
    }
    boolean hinted = m.group(1).contains("counter_reset_hint");
    NativeHistogram h = histogram(m.group(1));
    if (m.group(4) == null) {
      out.add(Optional.of(new Value(Double.NaN, Optional.of(h), hinted)));
      return;
    }
    ResetHint hint = h.resetHint();
    for (int i = Integer.parseInt(m.group(4)); i >= 0; i--) {
      out.add(Optional.of(new Value(Double.NaN, Optional.of(h), hinted)));
      if (m.group(3) != null && i > 0) {
        NativeHistogram delta = histogram(m.group(3));
        h =
            ("-".equals(m.group(2))
                    ? HistogramMath.subtract(h, delta)
                    : HistogramMath.add(h, delta))
                .orElseThrow()
                .histogram()
                .withResetHint(hint);
      }
    }
  }

  static NativeHistogram histogram(String body) {
    var fields = new TreeMap<String, String>();
    Matcher m = Pattern.compile("(\\w+):(\\[[^\\]]*]|\\S+)").matcher(body);
    while (m.find()) {
      fields.put(m.group(1), m.group(2));
    }
    double[] positive = list(fields.get("buckets"));
    double[] negative = list(fields.get("n_buckets"));
    ResetHint hint =
        switch (fields.getOrDefault("counter_reset_hint", "unknown")) {
          case "reset" -> ResetHint.RESET;
          case "not_reset" -> ResetHint.NOT_RESET;
          case "gauge" -> ResetHint.GAUGE;
          default -> ResetHint.UNKNOWN;
        };
    return new NativeHistogram(
        false,
        hint,
        Integer.parseInt(fields.getOrDefault("schema", "0")),
        number(fields.getOrDefault("z_bucket_w", "0")),
        number(fields.getOrDefault("z_bucket", "0")),
        number(fields.getOrDefault("count", "0")),
        number(fields.getOrDefault("sum", "0")),
        spans(fields.get("offset"), positive),
        positive,
        spans(fields.get("n_offset"), negative),
        negative,
        list(fields.get("custom_values")));
  }

  private static int[] spans(String offset, double[] buckets) {
    return buckets.length == 0
        ? new int[0]
        : new int[] {offset == null ? 0 : Integer.parseInt(offset), buckets.length};
  }

  private static double[] list(String text) {
    if (text == null || text.replaceAll("[\\[\\]\\s]", "").isEmpty()) {
      return new double[0];
    }
    String[] parts = text.substring(1, text.length() - 1).strip().split("\\s+");
    var out = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      out[i] = number(parts[i]);
    }
    return out;
  }

  /// Offsets of start timestamps, absent where unknown.
  static List<Optional<Long>> startOffsets(String text) {
    var out = new ArrayList<Optional<Long>>();
    Pattern p = Pattern.compile("([+-]?)([0-9a-z]+?)(?:([+-])([0-9a-z]+?))?x(\\d+)");
    for (String token : tokens(text)) {
      Matcher m = p.matcher(token);
      if (token.equals("_")) {
        out.add(Optional.empty());
      } else if (token.startsWith("_x")) {
        for (int i = Integer.parseInt(token.substring(2)); i > 0; i--) {
          out.add(Optional.empty());
        }
      } else if (m.matches()) {
        long value = signed(m.group(1), m.group(2));
        long delta = m.group(4) == null ? 0 : signed(m.group(3), m.group(4));
        for (int i = Integer.parseInt(m.group(5)); i >= 0; i--) {
          out.add(Optional.of(value));
          value += delta;
        }
      } else {
        boolean sign = token.startsWith("+") || token.startsWith("-");
        out.add(
            Optional.of(sign ? signed(token.substring(0, 1), token.substring(1)) : millis(token)));
      }
    }
    return out;
  }

  private static long signed(String sign, String text) {
    return sign.equals("-") ? -millis(text) : millis(text);
  }
}
