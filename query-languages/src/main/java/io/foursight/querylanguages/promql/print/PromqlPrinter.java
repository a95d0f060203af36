package io.foursight.querylanguages.promql.print;

import io.foursight.model.FoursightException;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.stack.DeepStack;

/// Writes a query as Prometheus writes it. Stateless; safe from any thread.
public final class PromqlPrinter {
  private PromqlPrinter() {}

  /// Normalized, on one line; parses to the same tree.
  public static String oneLine(Expr e) {
    return DeepStack.call(
        e.depth(),
        () -> {
          var out = new StringBuilder();
          new OneLine(out).write(e);
          return out.toString();
        });
  }

  /// What `/api/v1/format_query` answers: what is longer than 100 characters is broken over
  /// indented lines.
  ///
  /// @throws FoursightException `QUERY_LIMIT` when that would be longer than 16 MiB: indentation
  ///   makes a text of a deep tree grow with the square of its depth
  public static String pretty(Expr e) {
    return DeepStack.call(e.depth(), () -> new Indented().write(e));
  }

  /// What `/api/v1/parse_query` answers as `data`.
  public static String json(Expr e) {
    return DeepStack.call(
        e.depth(),
        () -> {
          var out = new JsonText();
          new SyntaxTreeJson(out).write(e);
          return out.toString();
        });
  }
}
