package io.foursight.querylanguages.logql.print;

import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.Binary;
import io.foursight.querylanguages.logql.ast.Expr.LabelReplace;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorLiteral;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.LogRange;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Unwrap;
import io.foursight.querylanguages.logql.ast.VectorMatching;
import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoFloats;
import io.foursight.querylanguages.text.GoStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The form on one line. Operations inside operations stand in brackets.
final class OneLine {
  private final StringBuilder out;

  OneLine(StringBuilder out) {
    this.out = out;
  }

  void write(Expr e) {
    switch (e) {
      case LogQuery q -> logQuery(q);
      case RangeAggregation a -> {
        out.append(a.operator().word()).append('(');
        a.parameter().ifPresent(p -> out.append(GoFloats.plain(p)).append(','));
        range(a.range());
        out.append(')');
        out.append(grouping(a.grouping()));
      }
      case VectorAggregation a -> {
        out.append(aggregator(a)).append('(').append(parameter(a));
        write(a.expr());
        out.append(')');
      }
      case Binary b -> {
        out.append('(');
        write(b.left());
        out.append(' ').append(operator(b)).append(' ');
        write(b.right());
        out.append(')');
      }
      case NumberLiteral n -> out.append(GoFloats.plain(n.value()));
      case VectorLiteral v -> out.append("vector(").append(GoFloats.plain(v.value())).append(')');
      case LabelReplace r -> {
        out.append("label_replace(");
        write(r.expr());
        out.append(replaceTail(r)).append(')');
      }
    }
  }

  static String replaceTail(LabelReplace r) {
    return ","
        + GoStrings.quote(r.destination())
        + ","
        + GoStrings.quote(r.replacement())
        + ","
        + GoStrings.quote(r.source())
        + ","
        + GoStrings.quote(r.regex());
  }

  static String aggregator(VectorAggregation a) {
    var text = new StringBuilder(a.operator().word());
    return text.append(grouping(a.grouping())).toString();
  }

  static String parameter(VectorAggregation a) {
    return a.operator().takesParameter() ? a.parameter() + "," : "";
  }

  static String grouping(Optional<Grouping> grouping) {
    return grouping
        .map(g -> (g.without() ? " without (" : " by (") + String.join(",", g.labels()) + ")")
        .orElse("");
  }

  static String operator(Binary b) {
    var text = new StringBuilder(b.operator().symbol());
    if (b.returnBool()) {
      text.append(" bool");
    }
    VectorMatching m = b.matching();
    if (m.on()
        || !m.labels().isEmpty()
        || m.cardinality() != VectorMatching.Cardinality.ONE_TO_ONE) {
      text.append(m.on() ? " on (" : " ignoring (")
          .append(String.join(",", m.labels()))
          .append(')');
      switch (m.cardinality()) {
        case MANY_TO_ONE -> text.append(" group_left");
        case ONE_TO_MANY -> text.append(" group_right");
        case ONE_TO_ONE -> {}
      }
      if (!m.include().isEmpty()) {
        text.append(" (").append(String.join(",", m.include())).append(')');
      }
    }
    return text.toString();
  }

  void logQuery(LogQuery q) {
    selector(q);
    for (Stage stage : q.stages()) {
      out.append(' ');
      stage(stage);
    }
  }

  void selector(LogQuery q) {
    out.append('{');
    joined(q.matchers(), ", ", this::matcher);
    out.append('}');
  }

  private void matcher(LabelMatcher m) {
    out.append(m.name()).append(m.type().symbol()).append(GoStrings.quote(m.value()));
  }

  private <T> void joined(List<T> items, String separator, Consumer<T> writer) {
    for (int i = 0; i < items.size(); i++) {
      out.append(i > 0 ? separator : "");
      writer.accept(items.get(i));
    }
  }

  void range(LogRange r) {
    logQuery(r.query());
    r.unwrap().ifPresent(u -> out.append(' ').append(String.join(" ", unwrapStages(u))));
    out.append(rangeSuffix(r));
  }

  /// What follows the pipeline: brackets and offset.
  static String rangeSuffix(LogRange r) {
    String offset = r.offsetNanos() == 0 ? "" : " offset " + GoDurations.formatGo(r.offsetNanos());
    return "[" + GoDurations.format(r.rangeNanos() / 1_000_000) + "]" + offset;
  }

  /// The unwrapping and each of the filters behind it.
  static List<String> unwrapStages(Unwrap u) {
    var stages = new ArrayList<String>();
    stages.add(
        "| unwrap "
            + (u.conversion() == Unwrap.Conversion.NONE
                ? u.label()
                : u.conversion().word() + "(" + u.label() + ")"));
    for (LabelFilter filter : u.filters()) {
      var text = new StringBuilder("| ");
      new OneLine(text).filter(filter, false);
      stages.add(text.toString());
    }
    return stages;
  }

  void stage(Stage stage) {
    if (stage instanceof Stage.LineFilter f) {
      lineFilter(f);
      return;
    }
    out.append("| ");
    switch (stage) {
      case Stage.LineFilter _ -> throw new IllegalStateException("written above");
      case Stage.Json j -> {
        out.append("json");
        extractions(j.extractions());
      }
      case Stage.Logfmt l -> {
        out.append("logfmt");
        out.append(l.strict() ? " --strict" : "").append(l.keepEmpty() ? " --keep-empty" : "");
        extractions(l.extractions());
      }
      case Stage.Regexp r -> out.append("regexp ").append(GoStrings.quote(r.expression()));
      case Stage.Pattern p -> out.append("pattern ").append(GoStrings.quote(p.pattern()));
      case Stage.Unpack _ -> out.append("unpack");
      case Stage.Filter f -> filter(f.filter(), false);
      case Stage.LineFormat f -> out.append("line_format ").append(GoStrings.quote(f.template()));
      case Stage.LabelFormat f -> {
        out.append("label_format ");
        joined(
            f.assignments(),
            ",",
            a ->
                out.append(a.label())
                    .append('=')
                    .append(a.rename() ? a.text() : GoStrings.quote(a.text())));
      }
      case Stage.Drop d -> selections("drop ", d.selections());
      case Stage.Keep k -> selections("keep ", k.selections());
      case Stage.Decolorize _ -> out.append("decolorize");
    }
  }

  private void lineFilter(Stage.LineFilter f) {
    out.append(f.operator().symbol()).append(' ');
    joined(
        f.terms(),
        " or ",
        t -> {
          String text = GoStrings.quote(t.text());
          out.append(t.address() ? "ip(" + text + ")" : text);
        });
  }

  private void extractions(List<Stage.Extraction> list) {
    out.append(list.isEmpty() ? "" : " ");
    joined(list, ",", e -> out.append(e.label()).append('=').append(GoStrings.quote(e.path())));
  }

  private void selections(String word, List<Stage.Selection> list) {
    out.append(word);
    joined(list, ",", s -> s.matcher().ifPresentOrElse(this::matcher, () -> out.append(s.label())));
  }

  private void filter(LabelFilter filter, boolean inside) {
    switch (filter) {
      case LabelFilter.And a -> pair(a.left(), " and ", a.right(), inside);
      case LabelFilter.Or o -> pair(o.left(), " or ", o.right(), inside);
      case LabelFilter.Text t -> matcher(t.matcher());
      case LabelFilter.Address a ->
          out.append(a.label())
              .append(a.negated() ? "!=" : "=")
              .append("ip(")
              .append(GoStrings.quote(a.range()))
              .append(')');
      case LabelFilter.Quantity q -> {
        out.append(q.label()).append(q.operator().symbol());
        out.append(
            switch (q.unit()) {
              case NUMBER -> GoFloats.plain(q.value());
              case DURATION -> GoDurations.formatGo((long) q.value());
              case BYTES -> q.text();
            });
      }
    }
  }

  private void pair(LabelFilter left, String word, LabelFilter right, boolean inside) {
    out.append(inside ? "( " : "");
    filter(left, true);
    out.append(word);
    filter(right, true);
    out.append(inside ? " )" : "");
  }
}
