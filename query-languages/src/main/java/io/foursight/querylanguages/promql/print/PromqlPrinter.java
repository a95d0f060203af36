package io.foursight.querylanguages.promql.print;

import io.foursight.querylanguages.promql.ast.Expr;

/// Writes a query as Prometheus writes it. Stateless; safe from any thread.
public final class PromqlPrinter {
  private PromqlPrinter() {}

  /// Normalized, on one line; parses to the same tree.
  public static String oneLine(Expr e) {
    var out = new StringBuilder();
    new OneLine(out).write(e);
    return out.toString();
  }

  /// What `/api/v1/format_query` answers: what is longer than 100 characters is broken over
  /// indented lines.
  public static String pretty(Expr e) {
    return new Indented().write(e, 0);
  }

  /// What `/api/v1/parse_query` answers as `data`.
  public static String json(Expr e) {
    var out = new JsonText();
    new SyntaxTreeJson(out).write(e);
    return out.toString();
  }
}
