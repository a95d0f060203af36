package io.foursight.wire.traces.tempo;

import io.foursight.model.traces.SpanValue;
import java.math.BigDecimal;
import java.util.List;

/// Values as texts in the forms that Go gives them.
public final class GoTexts {
  private static final List<String> STATUSES = List.of("unset", "ok", "error");
  private static final List<String> KINDS =
      List.of("unspecified", "internal", "server", "client", "producer", "consumer");

  private GoTexts() {}

  /// The text of a value as TraceQL names it: `nil`, `1.5s`, `error`, `client`, ...
  public static String of(SpanValue value) {
    return switch (value) {
      case SpanValue.Text t -> t.value();
      case SpanValue.Int i -> Long.toString(i.value());
      case SpanValue.Decimal d -> literal(d.value());
      case SpanValue.Bool b -> Boolean.toString(b.value());
      case SpanValue.Duration d -> duration(d.nanos());
      case SpanValue.Status s -> name(STATUSES, s.code());
      case SpanValue.Kind k -> name(KINDS, k.code());
      case SpanValue.Many m -> m.values().stream().map(GoTexts::of).toList().toString();
      case SpanValue.Nil n -> "nil";
    };
  }

  /// Of a number that is no whole one by its type: `2.0`.
  private static String literal(double value) {
    String text = decimal(value);
    boolean looksWhole = text.indexOf('.') < 0 && text.indexOf('e') < 0;
    return looksWhole && Double.isFinite(value) ? text + ".0" : text;
  }

  private static String name(List<String> names, int code) {
    return code >= 0 && code < names.size() ? names.get(code) : Integer.toString(code);
  }

  /// As `time.Duration.String`: `1h2m3.5s`, `1.5ms`, `0s`.
  public static String duration(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    String sign = nanos < 0 ? "-" : "";
    BigDecimal all = BigDecimal.valueOf(nanos).abs();
    if (all.compareTo(BigDecimal.valueOf(1_000)) < 0) {
      return sign + all + "ns";
    }
    if (all.compareTo(BigDecimal.valueOf(1_000_000)) < 0) {
      return sign + plain(all.movePointLeft(3)) + "µs";
    }
    if (all.compareTo(BigDecimal.valueOf(1_000_000_000)) < 0) {
      return sign + plain(all.movePointLeft(6)) + "ms";
    }
    BigDecimal[] minutes = all.movePointLeft(9).divideAndRemainder(BigDecimal.valueOf(60));
    long whole = minutes[0].longValue();
    String seconds = plain(minutes[1]) + "s";
    if (whole == 0) {
      return sign + seconds;
    }
    return sign + (whole >= 60 ? whole / 60 + "h" : "") + whole % 60 + "m" + seconds;
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /// As `strconv.FormatFloat(v, 'g', -1, 64)`: the shortest digits, with an exponent below 0.0001
  /// and from a million on.
  public static String decimal(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal number = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    String sign = value < 0 ? "-" : "";
    String digits = number.unscaledValue().toString();
    int exponent = digits.length() - 1 - number.scale();
    if (exponent >= -4 && exponent < 6) {
      return sign + number.toPlainString();
    }
    return sign
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
