package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.logql.ast.Expr.LabelReplace;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.Metric;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorLiteral;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.ast.LogRange;
import io.foursight.querylanguages.logql.ast.Position;
import io.foursight.querylanguages.logql.ast.RangeAggregator;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Unwrap;
import io.foursight.querylanguages.logql.ast.VectorAggregator;
import io.foursight.querylanguages.text.GoDurations;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Everything of the form `name(...)`, and the ranges inside.
final class AggregationParser {
  private static final int MAX_BRACKETS = 300;

  private final TokenCursor tokens;
  private final PipelineParser pipelines;
  private final MatchingParser matchings;
  private final ExpressionParser expressions;

  AggregationParser(
      TokenCursor tokens,
      PipelineParser pipelines,
      MatchingParser matchings,
      ExpressionParser expressions) {
    this.tokens = tokens;
    this.pipelines = pipelines;
    this.matchings = matchings;
    this.expressions = expressions;
  }

  LogQuery logQuery() {
    LogQuery selector = pipelines.selector();
    List<Stage> stages = pipelines.stages();
    return new LogQuery(tokens.since(selector.position()), selector.matchers(), stages);
  }

  Metric range(RangeAggregator op) {
    Position start = tokens.take().position();
    tokens.expect("(");
    var parameter = OptionalDouble.empty();
    if (tokens.peek().kind() == Token.Kind.NUMBER) {
      parameter = OptionalDouble.of(tokens.number());
      tokens.expect(",");
    }
    LogRange range = logRange(0);
    tokens.expect(")");
    Optional<Grouping> grouping = matchings.grouping();
    return new RangeAggregation(tokens.since(start), op, range, parameter, grouping);
  }

  /// The parts stand in several orders: brackets and offset behind the pipeline, or right behind
  /// the selector with the pipeline or the unwrapping after them.
  private LogRange logRange(int brackets) {
    if (brackets > MAX_BRACKETS) {
      throw tokens.error(
          tokens.peek().position(), "expression is nested deeper than " + MAX_BRACKETS + " levels");
    }
    Position start = tokens.peek().position();
    if (tokens.skip("(")) {
      return inBrackets(start, brackets);
    }
    LogQuery query = logQuery();
    Optional<Unwrap> unwrap = unwrap();
    // With only one of the two before the brackets, the rest may follow them.
    boolean bare = query.stages().isEmpty() && unwrap.isEmpty();
    return finish(start, query, unwrap, bare, bare);
  }

  private LogRange inBrackets(Position start, int brackets) {
    Token t = tokens.peek();
    if (t.is("(")) {
      LogRange inner = logRange(brackets + 1);
      tokens.expect(")");
      return inner;
    }
    LogQuery query = logQuery();
    Optional<Unwrap> unwrap = unwrap();
    boolean bare = query.stages().isEmpty() && unwrap.isEmpty();
    if (tokens.peek().kind() == Token.Kind.RANGE) {
      LogRange inner = finish(start, query, unwrap, bare, bare);
      tokens.expect(")");
      return inner;
    }
    tokens.expect(")");
    return finish(start, query, unwrap, false, bare);
  }

  private LogRange finish(
      Position start,
      LogQuery query,
      Optional<Unwrap> unwrap,
      boolean mayHaveStages,
      boolean mayHaveUnwrap) {
    Token brackets = tokens.expect(Token.Kind.RANGE);
    long rangeNanos = rangeNanos(brackets);
    long offsetNanos = 0;
    if (tokens.skipKeyword("offset")) {
      Token t = tokens.expect(Token.Kind.DURATION);
      offsetNanos = Quantities.durationNanos(t.text()).orElse(0);
    }
    LogQuery whole = query;
    if (mayHaveStages) {
      List<Stage> stages = pipelines.stages();
      whole = new LogQuery(tokens.since(query.position()), query.matchers(), stages);
    }
    Optional<Unwrap> after = mayHaveUnwrap ? unwrap() : unwrap;
    return new LogRange(tokens.since(start), whole, after, rangeNanos, offsetNanos);
  }

  private Optional<Unwrap> unwrap() {
    return pipelines.atUnwrap() ? Optional.of(pipelines.unwrap()) : Optional.empty();
  }

  private long rangeNanos(Token t) {
    String text = t.text().substring(1, t.text().length() - 1);
    var millis = GoDurations.parse(text);
    if (millis.isEmpty()) {
      throw tokens.error(t.position(), GoDurations.problem(text));
    }
    return millis.getAsLong() * 1_000_000;
  }

  Metric vector(VectorAggregator op) {
    Position start = tokens.take().position();
    Optional<Grouping> grouping = matchings.grouping();
    tokens.expect("(");
    String parameter = "";
    if (tokens.peek().kind() == Token.Kind.NUMBER && tokens.peekSecond().is(",")) {
      parameter = tokens.take().text();
      tokens.take();
    }
    Metric inner = expressions.metric();
    tokens.expect(")");
    if (grouping.isEmpty()) {
      grouping = matchings.grouping();
    }
    return new VectorAggregation(
        tokens.since(start), op, inner, Checks.parameter(op, parameter), grouping);
  }

  Metric vectorLiteral() {
    Position start = tokens.take().position();
    tokens.expect("(");
    double value = tokens.number();
    tokens.expect(")");
    return new VectorLiteral(tokens.since(start), value);
  }

  Metric labelReplace() {
    Position start = tokens.take().position();
    tokens.expect("(");
    Metric inner = expressions.metric();
    var texts = new String[4];
    for (int i = 0; i < texts.length; i++) {
      tokens.expect(",");
      texts[i] = tokens.string();
    }
    tokens.expect(")");
    return new LabelReplace(tokens.since(start), inner, texts[0], texts[1], texts[2], texts[3]);
  }
}
