package io.foursight.querylanguages.logql.print;

import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Stage;

/// Writes a query as Loki writes it. Stateless; safe from any thread.
public final class LogqlPrinter {
  private LogqlPrinter() {}

  /// Normalized, on one line; parses to the same tree.
  public static String oneLine(Expr e) {
    var out = new StringBuilder();
    new OneLine(out).write(e);
    return out.toString();
  }

  /// What `format_query` answers: what is longer than 100 characters is broken over indented lines.
  public static String pretty(Expr e) {
    return new Indented(Indented.WIDTH).write(e, 0);
  }

  /// One stage, bar included.
  public static String stage(Stage stage) {
    var out = new StringBuilder();
    new OneLine(out).stage(stage);
    return out.toString();
  }
}
