package io.foursight.querylanguages.promql.print;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.DurationExpr;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.Aggregation;
import io.foursight.querylanguages.promql.ast.Expr.Binary;
import io.foursight.querylanguages.promql.ast.Expr.Call;
import io.foursight.querylanguages.promql.ast.Expr.Extension;
import io.foursight.querylanguages.promql.ast.Expr.MatrixSelector;
import io.foursight.querylanguages.promql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Paren;
import io.foursight.querylanguages.promql.ast.Expr.StepInvariant;
import io.foursight.querylanguages.promql.ast.Expr.StringLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Subquery;
import io.foursight.querylanguages.promql.ast.Expr.Unary;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import io.foursight.querylanguages.promql.ast.TimeModifiers;
import io.foursight.querylanguages.promql.ast.VectorMatching;
import io.foursight.querylanguages.promql.ast.VectorMatching.Cardinality;
import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoFloats;
import io.foursight.querylanguages.text.GoStrings;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/// The one-line form of expressions.
final class OneLine {
  private final StringBuilder out;

  OneLine(StringBuilder out) {
    this.out = out;
  }

  void write(Expr e) {
    switch (e) {
      case NumberLiteral n -> out.append(number(n));
      case StringLiteral s -> out.append(GoStrings.quote(s.value()));
      case VectorSelector v -> {
        selector(v);
        out.append(extension(v.extension())).append(time(v.time()));
      }
      case MatrixSelector m -> {
        selector(m.selector());
        out.append('[').append(duration(m.range())).append(']');
        out.append(extension(m.selector().extension())).append(time(m.selector().time()));
      }
      case Subquery s -> {
        write(s.expr());
        out.append(subquerySuffix(s));
      }
      case Call c -> {
        out.append(c.function().name()).append('(');
        list(c.args());
        out.append(')');
      }
      case Aggregation a -> {
        out.append(aggregator(a)).append('(');
        list(a.children());
        out.append(')');
      }
      case Binary b -> {
        write(b.left());
        out.append(' ').append(operator(b)).append(' ');
        write(b.right());
      }
      case Unary u -> {
        out.append(u.negative() ? '-' : '+');
        write(u.expr());
      }
      case Paren p -> {
        out.append('(');
        write(p.expr());
        out.append(')');
      }
      case StepInvariant s -> write(s.expr());
    }
  }

  private void list(List<Expr> all) {
    for (int i = 0; i < all.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      write(all.get(i));
    }
  }

  /// `sum by (a, b) `, to be followed by the bracket.
  static String aggregator(Aggregation a) {
    if (a.without()) {
      return a.operator().word() + " without (" + labels(a.grouping()) + ") ";
    }
    return a.grouping().isEmpty()
        ? a.operator().word()
        : a.operator().word() + " by (" + labels(a.grouping()) + ") ";
  }

  /// The operator with all its modifiers.
  static String operator(Binary b) {
    var text = new StringBuilder(b.operator().symbol());
    if (b.returnBool()) {
      text.append(" bool");
    }
    b.matching().ifPresent(m -> matching(text, m));
    return text.toString();
  }

  private static void matching(StringBuilder text, VectorMatching m) {
    boolean grouped =
        m.cardinality() == Cardinality.MANY_TO_ONE || m.cardinality() == Cardinality.ONE_TO_MANY;
    if (m.on() || !m.labels().isEmpty() || grouped) {
      text.append(m.on() ? " on (" : " ignoring (").append(labels(m.labels())).append(')');
    }
    if (grouped) {
      text.append(m.cardinality() == Cardinality.MANY_TO_ONE ? " group_left (" : " group_right (");
      text.append(labels(m.include())).append(')');
    }
    var left = m.fillLeft();
    var right = m.fillRight();
    // Compared as numbers: NaN on both sides is written twice.
    if (left.isPresent() && right.isPresent() && left.getAsDouble() == right.getAsDouble()) {
      fill(text, "fill", left.getAsDouble());
      return;
    }
    left.ifPresent(v -> fill(text, "fill_left", v));
    right.ifPresent(v -> fill(text, "fill_right", v));
  }

  private static void fill(StringBuilder text, String word, double value) {
    text.append(' ').append(word).append(" (").append(GoFloats.general(value)).append(')');
  }

  static String subquerySuffix(Subquery s) {
    return "["
        + duration(s.range())
        + ":"
        + s.step().map(OneLine::duration).orElse("")
        + "]"
        + time(s.time());
  }

  private static String labels(List<String> names) {
    return names.stream().map(OneLine::label).collect(Collectors.joining(", "));
  }

  /// Names beyond the old pattern are quoted.
  private static String label(String name) {
    return isPlain(name) ? name : GoStrings.quote(name);
  }

  static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private void selector(VectorSelector v) {
    v.name().ifPresent(out::append);
    String matchers =
        v.matchers().stream()
            .filter(m -> v.name().isEmpty() || !m.name().equals(Labels.METRIC_NAME))
            .map(OneLine::matcher)
            .sorted()
            .collect(Collectors.joining(","));
    if (!matchers.isEmpty() || v.name().isEmpty()) {
      out.append('{').append(matchers).append('}');
    }
  }

  private static String matcher(LabelMatcher m) {
    return label(m.name()) + m.type().symbol() + GoStrings.quote(m.value());
  }

  private static String extension(Extension e) {
    return switch (e) {
      case NONE -> "";
      case ANCHORED -> " anchored";
      case SMOOTHED -> " smoothed";
    };
  }

  private static String time(TimeModifiers t) {
    String at =
        t.at()
            .map(a ->
                switch (a) {
                  case TimeModifiers.Start _ -> " @ start()";
                  case TimeModifiers.End _ -> " @ end()";
                  case TimeModifiers.Timestamp s ->
                      " @ " + BigDecimal.valueOf(s.millis(), 3).toPlainString();
                })
            .orElse("");
    return at + t.offset().map(o -> " offset " + duration(o)).orElse("");
  }

  static String number(NumberLiteral n) {
    return n.duration() ? seconds(n.value()) : GoFloats.plain(n.value());
  }

  private static String seconds(double value) {
    return GoDurations.format(Math.round(value * 1000));
  }

  /// A plain number of seconds prints as a duration.
  static String duration(DurationExpr d) {
    return d instanceof DurationExpr.Seconds s ? seconds(s.value()) : computed(d);
  }

  /// Inside a computed duration a number keeps its form: `5m * 2` is not `5m * 2s`. Double brackets
  /// and the sign `+` say nothing and go.
  private static String computed(DurationExpr d) {
    return switch (d) {
      case DurationExpr.Seconds s -> s.written() ? seconds(s.value()) : GoFloats.plain(s.value());
      case DurationExpr.Step _ -> "step()";
      case DurationExpr.Range _ -> "range()";
      case DurationExpr.Sign s -> (s.negative() ? "-" : "") + computed(s.operand());
      case DurationExpr.Paren p ->
          p.inner() instanceof DurationExpr.Paren
              ? computed(p.inner())
              : "(" + computed(p.inner()) + ")";
      case DurationExpr.Extreme e ->
          (e.max() ? "max_of(" : "min_of(") + computed(e.left()) + ", " + computed(e.right()) + ")";
      case DurationExpr.Arithmetic a ->
          computed(a.left()) + " " + a.operator().symbol() + " " + computed(a.right());
    };
  }
}
