package io.foursight.querylanguages.traceql.parse;

import io.foursight.querylanguages.stack.DeepStack;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;

/// Parses and checks TraceQL as of Tempo 3.0. Stateless; safe from any thread.
public final class TraceqlParser {
  private TraceqlParser() {}

  /// @throws TraceqlParseException when the query is malformed, its types do not fit, or it asks
  ///   for what is not supported
  public static Query parse(String query) {
    Query parsed = syntax(query);
    DeepStack.call(
        parsed.depth(),
        () -> {
          new Checks().check(parsed);
          return parsed;
        });
    return parsed;
  }

  /// The same without checks of types and shape.
  static Query syntax(String query) {
    var tokens = new TokenCursor(query);
    return DeepStack.call(tokens.size(), () -> new QueryParser(tokens).query());
  }

  /// A query that finds spans.
  ///
  /// @throws TraceqlParseException also when it yields series
  public static Query parseSearch(String query) {
    Query parsed = parse(query);
    if (parsed.expr() instanceof Metric) {
      throw TraceqlParseException.invalid(
          "metrics queries are answered by the metrics endpoints, not by search");
    }
    return parsed;
  }

  /// A query that yields series.
  ///
  /// @throws TraceqlParseException also when it finds spans
  public static Query parseMetric(String query) {
    Query parsed = parse(query);
    if (parsed.expr() instanceof Pipeline) {
      throw TraceqlParseException.invalid("not a metrics query");
    }
    return parsed;
  }

  /// One `{ ... }`.
  ///
  /// @throws TraceqlParseException when it is anything else
  public static SpansetExpr.Filter parseFilter(String query) {
    if (parse(query).expr() instanceof Pipeline pipeline
        && pipeline.stages().size() == 1
        && pipeline.stages().getFirst() instanceof SpansetExpr.Filter filter) {
      return filter;
    }
    throw TraceqlParseException.invalid("only a single spanset filter is supported");
  }

  /// An identifier as the paths of tag values carry it: `resource.service.name`, `.x`, `name`,
  /// `event:name`.
  ///
  /// @throws TraceqlParseException when it is none
  public static FieldExpr.Field parseIdentifier(String text) {
    var tokens = new TokenCursor(text);
    var field = new FieldParser(tokens).field();
    if (!tokens.atEnd()) {
      throw tokens.unexpected();
    }
    return field;
  }
}
