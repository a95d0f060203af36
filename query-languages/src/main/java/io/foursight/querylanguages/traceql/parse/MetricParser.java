package io.foursight.querylanguages.traceql.parse;

import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Metric.Function;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The stages that make and choose series.
final class MetricParser {
  private static final int DEFAULT_TOP = 10;

  private final TokenCursor tokens;
  private final FieldParser fields;

  MetricParser(TokenCursor tokens, FieldParser fields) {
    this.tokens = tokens;
    this.fields = fields;
  }

  SpansetExpr.Filter filter() {
    tokens.expect("{");
    if (tokens.skip("}")) {
      return new SpansetExpr.Filter(new FieldExpr.Literal(new SpanValue.Bool(true)));
    }
    var condition = fields.expression();
    tokens.expect("}");
    return new SpansetExpr.Filter(condition);
  }

  /// Takes the stage that makes series if it is next.
  Optional<Metric.FirstStage> first() {
    if (tokens.atCall("compare")) {
      return Optional.of(compare());
    }
    for (Function function : Function.values()) {
      if (tokens.atCall(function.text())) {
        return Optional.of(aggregate(function));
      }
    }
    return Optional.empty();
  }

  private Metric.Aggregate aggregate(Function function) {
    tokens.take();
    tokens.take();
    Optional<FieldExpr.Field> field =
        function.hasField() ? Optional.of(fields.field()) : Optional.empty();
    var quantiles = new ArrayList<Double>();
    if (function == Function.QUANTILE_OVER_TIME) {
      tokens.expect(",");
      do {
        quantiles.add(number());
      } while (tokens.skip(","));
    }
    tokens.expect(")");
    return new Metric.Aggregate(function, field, quantiles, by());
  }

  private List<FieldExpr.Field> by() {
    var by = new ArrayList<FieldExpr.Field>();
    if (tokens.atCall("by")) {
      tokens.take();
      tokens.take();
      do {
        by.add(fields.field());
      } while (tokens.skip(","));
      tokens.expect(")");
    }
    return by;
  }

  private double number() {
    boolean negative = tokens.skip("-");
    double value =
        switch (tokens.peek().kind()) {
          case INT, DECIMAL -> Double.parseDouble(tokens.take().text());
          case END, WORD, STRING, DURATION, FIELD, SYMBOL -> throw tokens.unexpected();
        };
    return negative ? -value : value;
  }

  private long integer() {
    if (tokens.peek().kind() != Token.Kind.INT) {
      throw tokens.unexpected();
    }
    return tokens.take().number();
  }

  private Metric.Compare compare() {
    tokens.take();
    tokens.take();
    var selection = filter();
    long top = DEFAULT_TOP;
    long start = 0;
    long end = 0;
    if (tokens.skip(",")) {
      top = integer();
      if (tokens.skip(",")) {
        start = integer();
        tokens.expect(",");
        end = integer();
      }
    }
    tokens.expect(")");
    return new Metric.Compare(selection, clamped(top), start, end);
  }

  /// Takes the stage that chooses among series.
  Metric second(Metric metric) {
    boolean bottom = tokens.atCall("bottomk");
    if (!bottom && !tokens.atCall("topk")) {
      throw tokens.unexpected();
    }
    tokens.take();
    tokens.take();
    int limit = clamped(integer());
    tokens.expect(")");
    return new Metric.Staged(metric, new Metric.Top(bottom, limit));
  }

  private static int clamped(long value) {
    return (int) Math.min(Integer.MAX_VALUE, value);
  }
}
