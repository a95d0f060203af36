package io.foursight.querylanguages.traceql.parse;

import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldOperator;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.ScalarExpr.Aggregator;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A query: stages between pipes, and the operators that span sets, aggregates and series share.
/// What an operator means, and whether it may stand there, follows from what its sides turn out to
/// be ([Operators]).
final class QueryParser {
  private final TokenCursor tokens;
  private final FieldParser fields;
  private final MetricParser metrics;
  private final Operators operators;

  QueryParser(TokenCursor tokens) {
    this.tokens = tokens;
    this.fields = new FieldParser(tokens);
    this.metrics = new MetricParser(tokens, fields);
    this.operators = new Operators(tokens);
  }

  Query query() {
    Parsed parsed = pipeline();
    var hints = tokens.peek().isWord("with") ? hints() : List.<Query.Hint>of();
    if (!tokens.atEnd()) {
      throw tokens.unexpected();
    }
    Query.Expr expr =
        switch (parsed) {
          case Parsed.Spans(Pipeline p) -> p;
          case Parsed.Spans(SpansetExpr e) -> new Pipeline(List.of(e));
          case Parsed.Other(Stage stage) -> new Pipeline(List.of(stage));
          case Parsed.Series(Metric metric) -> metric;
          case Parsed.Scalar _, Parsed.Number _ -> throw tokens.unexpected();
        };
    if (expr instanceof Metric.Number) {
      throw tokens.unexpected();
    }
    return new Query(expr, hints, tokens.size());
  }

  private List<Query.Hint> hints() {
    tokens.take();
    tokens.expect("(");
    var hints = new ArrayList<Query.Hint>();
    do {
      if (tokens.peek().kind() != Token.Kind.WORD) {
        throw tokens.unexpected();
      }
      String name = tokens.take().text();
      tokens.expect("=");
      boolean negative = tokens.skip("-");
      var value = fields.literal().orElseThrow(tokens::unexpected);
      hints.add(
          new Query.Hint(
              name, negative ? FieldParser.negated(value).orElseThrow(tokens::unexpected) : value));
    } while (tokens.skip(","));
    tokens.expect(")");
    return hints;
  }

  private Parsed pipeline() {
    Parsed first = expression(1);
    var stages = new ArrayList<Stage>();
    while (tokens.peek().is("|")) {
      if (first instanceof Parsed.Series(Metric metric)) {
        tokens.take();
        first = new Parsed.Series(keeps(metrics.second(metric)));
        continue;
      }
      if (stages.isEmpty()) {
        stages.add(stage(first));
      }
      tokens.take();
      var function = metrics.first();
      if (function.isPresent()) {
        var spans = new Metric.Spans(new Pipeline(List.copyOf(stages)), function.get());
        first = new Parsed.Series(keeps(spans));
        stages.clear();
        continue;
      }
      if (tokens.atCall("coalesce")) {
        stages.add(coalesce());
        continue;
      }
      Parsed next = expression(1);
      if (next instanceof Parsed.Scalar(ScalarExpr.Aggregate aggregate) && tokens.peek().is(")")) {
        return new Parsed.Scalar(
            new ScalarExpr.Piped(new Pipeline(List.copyOf(stages)), aggregate));
      }
      stages.add(stage(next));
    }
    return stages.isEmpty() ? first : new Parsed.Spans(new Pipeline(stages));
  }

  private Metric keeps(Metric metric) {
    Metric kept = metric;
    while (true) {
      var operator = FieldParser.operator(tokens.peek());
      if (operator.isEmpty() || !operators.keeps(operator.get())) {
        return kept;
      }
      tokens.take();
      Token start = tokens.peek();
      if (expression(FieldOperator.ADD.precedence()) instanceof Parsed.Number number) {
        kept = operators.keep(operator.get(), kept, number, start);
      } else {
        throw tokens.unexpected(start);
      }
    }
  }

  private Stage stage(Parsed parsed) {
    return switch (parsed) {
      case Parsed.Spans(SpansetExpr e) -> e;
      case Parsed.Other(Stage stage) -> stage;
      case Parsed.Scalar _, Parsed.Number _, Parsed.Series _ -> throw tokens.unexpected();
    };
  }

  private Parsed expression(int loosest) {
    Parsed left = primary();
    while (true) {
      Token token = tokens.peek();
      int precedence = Operators.precedence(token);
      if (precedence < loosest) {
        return left;
      }
      tokens.take();
      boolean power = token.is(FieldOperator.POWER.text());
      Parsed right = expression(power ? precedence : precedence + 1);
      left = operators.combine(token, left, right);
    }
  }

  private Parsed primary() {
    Token t = tokens.peek();
    if (t.is("(")) {
      tokens.take();
      Parsed inner = pipeline();
      tokens.expect(")");
      return inner;
    }
    if (t.is("{")) {
      return new Parsed.Spans(metrics.filter());
    }
    if (t.is("-")) {
      tokens.take();
      if (primary() instanceof Parsed.Number number) {
        var value = FieldParser.negated(number.value()).orElseThrow(tokens::unexpected);
        return new Parsed.Number(value, number.computed());
      }
      throw tokens.unexpected(t);
    }
    return switch (t.kind()) {
      case INT, DECIMAL, DURATION -> new Parsed.Number(fields.literal().orElseThrow(), false);
      case WORD -> call(t);
      case END, STRING, FIELD, SYMBOL -> throw tokens.unexpected();
    };
  }

  private Parsed call(Token word) {
    if (!tokens.peekSecond().is("(")) {
      throw tokens.unexpected();
    }
    return switch (word.text()) {
      case "by" -> {
        tokens.take();
        tokens.take();
        var by = fields.expression();
        tokens.expect(")");
        yield new Parsed.Other(new Stage.GroupBy(by));
      }
      case "select" -> {
        tokens.take();
        tokens.take();
        var selected = new ArrayList<FieldExpr.Field>();
        do {
          selected.add(fields.field());
        } while (tokens.skip(","));
        tokens.expect(")");
        yield new Parsed.Other(new Stage.Select(selected));
      }
      case "count", "min", "max", "sum", "avg" -> aggregate();
      default -> throw tokens.unexpected();
    };
  }

  private Parsed aggregate() {
    var aggregator = Aggregator.valueOf(tokens.take().text().toUpperCase(Locale.ROOT));
    tokens.take();
    Optional<FieldExpr> field =
        aggregator == Aggregator.COUNT ? Optional.empty() : Optional.of(fields.expression());
    tokens.expect(")");
    return new Parsed.Scalar(new ScalarExpr.Aggregate(aggregator, field));
  }

  private Stage coalesce() {
    tokens.take();
    tokens.take();
    tokens.expect(")");
    return new Stage.Coalesce();
  }
}
