package io.foursight.querylanguages.promql.print;

import io.foursight.model.LabelMatcher;
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
import io.foursight.querylanguages.text.GoFloats;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The syntax tree as `/api/v1/parse_query` shapes it. Durations are milliseconds; a computed one
/// is zero there and has a tree of its own.
final class SyntaxTreeJson {
  private final JsonText out;
  private final DurationJson durations;

  SyntaxTreeJson(JsonText out) {
    this.out = out;
    this.durations = new DurationJson(out);
  }

  void write(Expr e) {
    switch (e) {
      case StepInvariant s -> write(s.expr());
      case NumberLiteral n -> {
        begin("numberLiteral").key("val").text(GoFloats.plain(n.value()));
        out.close('}');
      }
      case StringLiteral s -> {
        begin("stringLiteral").key("val").text(s.value());
        out.close('}');
      }
      case Paren p -> {
        begin("parenExpr").key("expr");
        write(p.expr());
        out.close('}');
      }
      case Unary u -> {
        begin("unaryExpr").key("op").text(u.negative() ? "-" : "+").key("expr");
        write(u.expr());
        out.close('}');
      }
      case VectorSelector v -> {
        begin("vectorSelector");
        selector(v);
        out.close('}');
      }
      case MatrixSelector m -> {
        begin("matrixSelector");
        durations.fields("range", m.range());
        selector(m.selector());
        out.close('}');
      }
      case Subquery s -> {
        begin("subquery").key("expr");
        write(s.expr());
        durations.fields("range", s.range());
        optional("step", s.step());
        time(s.time());
        out.close('}');
      }
      case Call c -> call(c);
      case Aggregation a -> aggregation(a);
      case Binary b -> binary(b);
    }
  }

  private JsonText begin(String type) {
    return out.open('{').key("type").text(type);
  }

  private void selector(VectorSelector v) {
    out.key("name").text(v.name().orElse("")).key("matchers").open('[');
    for (LabelMatcher m : v.matchers()) {
      out.open('{').key("name").text(m.name()).key("value").text(m.value());
      out.key("type").text(m.type().symbol()).close('}');
    }
    out.close(']');
    out.key("anchored").raw(v.extension() == Extension.ANCHORED);
    out.key("smoothed").raw(v.extension() == Extension.SMOOTHED);
    time(v.time());
  }

  private void time(TimeModifiers t) {
    optional("offset", t.offset());
    var at = t.at().orElse(null);
    out.key("timestamp").raw(at instanceof TimeModifiers.Timestamp s ? s.millis() : null);
    out.key("startOrEnd");
    if (at instanceof TimeModifiers.Start) {
      out.text("start");
    } else if (at instanceof TimeModifiers.End) {
      out.text("end");
    } else {
      out.raw(null);
    }
  }

  private void optional(String key, Optional<DurationExpr> duration) {
    duration.ifPresentOrElse(d -> durations.fields(key, d), () -> durations.none(key, 0));
  }

  private void call(Call c) {
    var f = c.function();
    begin("call").key("func").open('{').key("name").text(f.name()).key("argTypes").open('[');
    f.arguments().forEach(t -> out.text(t.word()));
    out.close(']').key("variadic").raw(f.variadic());
    out.key("returnType").text(f.returnType().word()).close('}').key("args").open('[');
    c.args().forEach(this::write);
    out.close(']').close('}');
  }

  private void aggregation(Aggregation a) {
    begin("aggregation").key("op").text(a.operator().word()).key("expr");
    write(a.expr());
    out.key("param");
    a.parameter().ifPresentOrElse(this::write, () -> out.raw(null));
    names("grouping", a.grouping());
    out.key("without").raw(a.without()).close('}');
  }

  private void binary(Binary b) {
    begin("binaryExpr").key("op").text(b.operator().symbol()).key("lhs");
    write(b.left());
    out.key("rhs");
    write(b.right());
    out.key("matching");
    b.matching().ifPresentOrElse(this::matching, () -> out.raw(null));
    out.key("bool").raw(b.returnBool()).close('}');
  }

  private void matching(VectorMatching m) {
    out.open('{').key("card").text(m.cardinality().word());
    names("labels", m.labels());
    out.key("on").raw(m.on());
    names("include", m.include());
    out.key("fillValues").open('{').key("lhs").raw(number(m.fillLeft()));
    out.key("rhs").raw(number(m.fillRight())).close('}');
    out.close('}');
  }

  /// JSON has no NaN and no infinities.
  private static String number(OptionalDouble v) {
    return v.isPresent() && Double.isFinite(v.getAsDouble())
        ? GoFloats.plain(v.getAsDouble())
        : "null";
  }

  private void names(String key, List<String> names) {
    out.key(key).open('[');
    names.forEach(out::text);
    out.close(']');
  }
}
