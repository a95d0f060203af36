package io.foursight.querylanguages.logql.parse;

import io.foursight.model.LabelMatcher;
import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Parses and checks LogQL as of Loki 4.0. Trees are at most 1000 levels deep, so that walking them
/// by recursion is safe. Stateless; safe from any thread.
public final class LogqlParser {
  private static final int MAX_BYTES = 131_072;

  private LogqlParser() {}

  /// @throws LogqlParseException when the query is malformed, makes no sense, is longer than 128
  ///   KiB, or is nested too deeply
  public static Expr parse(String query) {
    Expr e = syntax(query);
    Checks.check(e);
    return e;
  }

  /// The same for a place that takes only log queries (tail, delete, volume, series).
  public static LogQuery parseLogQuery(String query) {
    if (parse(query) instanceof LogQuery q) {
      return q;
    }
    throw LogqlParseException.of("only log selector is supported");
  }

  /// The matchers of a bare stream selector such as `{app="x"}`, as `match[]` and `query` of the
  /// label endpoints carry them. A selector that matches everything, `{}` too, is let through.
  ///
  /// @throws LogqlParseException when the text is anything else
  public static List<LabelMatcher> parseMatchers(String text) {
    if (syntax(text) instanceof LogQuery q && q.stages().isEmpty()) {
      return q.matchers();
    }
    throw LogqlParseException.of("only label matchers are supported");
  }

  private static Expr syntax(String query) {
    if (query.length() > MAX_BYTES
        || (query.length() > MAX_BYTES / 3
            && query.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES)) {
      throw LogqlParseException.of(
          "input size too long (" + query.length() + " > " + MAX_BYTES + ")");
    }
    var tokens = new TokenCursor(query);
    return new ExpressionParser(tokens, new PipelineParser(tokens)).query();
  }
}
