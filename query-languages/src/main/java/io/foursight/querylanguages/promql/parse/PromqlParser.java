package io.foursight.querylanguages.promql.parse;

import io.foursight.model.LabelMatcher;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import java.util.List;

/// Parses and type-checks PromQL as of Prometheus 3.14. Trees are at most 1000 levels deep, so that
/// walking them by recursion is safe. Stateless; safe from any thread.
public final class PromqlParser {
  private PromqlParser() {}

  /// @throws PromqlParseException when the query is malformed, badly typed, uses a part of the
  ///   language that `options` keeps off, or is nested too deeply
  public static Expr parse(String query, Options options) {
    Expr e = new ExpressionParser(new TokenCursor(query), options).query();
    return new TypeChecker(query).check(e);
  }

  /// The matchers of a series selector such as `up{job="x"}`, as `match[]` carries them; the name
  /// becomes a matcher too.
  ///
  /// @throws PromqlParseException when the text is anything else
  public static List<LabelMatcher> parseSelector(String text) {
    Expr e = parse(text, Options.STABLE);
    if (e instanceof VectorSelector v && v.time().isNone()) {
      return v.matchers();
    }
    throw new PromqlParseException(text, e.position(), "expected a series selector");
  }
}
