package io.foursight.querylanguages.promql.parse;

import io.foursight.model.LabelMatcher;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import io.foursight.querylanguages.stack.DeepStack;
import java.util.List;

/// Parses and type-checks PromQL as of Prometheus 3.14. Trees are at most 25,000 levels deep.
/// Stateless; safe from any thread.
public final class PromqlParser {
  private static final String SIGNS = "([+-*/%^=!<>@";

  private PromqlParser() {}

  /// @throws PromqlParseException when the query is malformed, badly typed, uses a part of the
  ///   language that `options` keeps off, or is nested too deeply
  public static Expr parse(String query, Options options) {
    return parse(query, options, false);
  }

  /// The same for a tree that is printed again: bytes that are no UTF-8 (`"\xff"`) stand in its
  /// strings as [GoStrings#unquoteVerbatim] leaves them. Not to be evaluated.
  public static Expr parseVerbatim(String query, Options options) {
    return parse(query, options, true);
  }

  private static Expr parse(String query, Options options, boolean verbatim) {
    int levels = Math.min(levels(query), ExpressionParser.MAX_DEPTH);
    return DeepStack.call(
        levels,
        () -> {
          var tokens = new TokenCursor(query, verbatim);
          Expr e = new ExpressionParser(tokens, options).query();
          return new TypeChecker(query).check(e);
        });
  }

  /// At least as many as the tree of the query will have: every level but the leaf's is begun by a
  /// sign, a bracket or a word.
  private static int levels(String query) {
    if (query.length() <= DeepStack.SHALLOW) {
      return query.length();
    }
    int levels = 1;
    boolean inWord = false;
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      boolean word = Character.isLetter(c);
      levels += word && !inWord || SIGNS.indexOf(c) >= 0 ? 1 : 0;
      inWord = word;
    }
    return levels;
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
