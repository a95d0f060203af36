package io.foursight.querylanguages.promql.print;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Expr.Aggregation;
import io.foursight.querylanguages.promql.ast.Expr.Binary;
import io.foursight.querylanguages.promql.ast.Expr.Call;
import io.foursight.querylanguages.promql.ast.Expr.MatrixSelector;
import io.foursight.querylanguages.promql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Paren;
import io.foursight.querylanguages.promql.ast.Expr.StepInvariant;
import io.foursight.querylanguages.promql.ast.Expr.StringLiteral;
import io.foursight.querylanguages.promql.ast.Expr.Subquery;
import io.foursight.querylanguages.promql.ast.Expr.Unary;
import io.foursight.querylanguages.promql.ast.Expr.VectorSelector;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The form over several lines: a node that fits in 100 bytes stands on one line, any other has its
/// parts below it, two spaces deeper.
final class Indented {
  private static final int WIDTH = 100;
  private static final int MAX_LENGTH = 16 << 20;

  private final StringBuilder out = new StringBuilder();

  /// How many nodes a tree has: no less than a character each, so that large ones need not be
  /// written to know that they are too long.
  private final Map<Expr, Integer> nodes = new IdentityHashMap<>();

  String write(Expr e) {
    count(e);
    write(e, 0, false);
    return out.toString();
  }

  private int count(Expr e) {
    int count = 1;
    for (Expr child : e.children()) {
      count += count(child);
    }
    nodes.put(e, count);
    return count;
  }

  /// @param begun whether the line of the node's first character has begun already
  private void write(Expr e, int level, boolean begun) {
    if (out.length() > MAX_LENGTH) {
      throw new FoursightException(
          ErrorKind.QUERY_LIMIT,
          "the query is too long when it is formatted over several lines: more than "
              + MAX_LENGTH
              + " characters, at a depth of "
              + level
              + " levels");
    }
    if (nodes.get(e) <= WIDTH) {
      var line = new StringBuilder();
      new OneLine(line).write(e);
      if (line.toString().getBytes(StandardCharsets.UTF_8).length <= WIDTH) {
        indent(level, begun).append(line);
        return;
      }
    }
    switch (e) {
      case Aggregation a -> {
        indent(level, begun).append(OneLine.aggregator(a));
        parts(a.children(), level);
      }
      case Call c -> {
        indent(level, begun).append(c.function().name());
        parts(c.args(), level);
      }
      case Paren p -> {
        indent(level, begun);
        parts(List.of(p.expr()), level);
      }
      case Binary b -> {
        write(b.left(), level + 1, begun);
        out.append('\n');
        indent(level, false).append(OneLine.operator(b)).append('\n');
        write(b.right(), level + 1, false);
      }
      case Subquery s -> {
        write(s.expr(), level, begun);
        out.append(OneLine.subquerySuffix(s));
      }
      case Unary u -> {
        indent(level, begun).append(u.negative() ? '-' : '+');
        write(u.expr(), level, true);
      }
      case StepInvariant s -> write(s.expr(), level, begun);
      case VectorSelector _, MatrixSelector _, NumberLiteral _, StringLiteral _ ->
          new OneLine(indent(level, begun)).write(e);
    }
  }

  private StringBuilder indent(int level, boolean begun) {
    return begun ? out : out.repeat(' ', 2 * level);
  }

  /// In brackets, each on lines of its own.
  private void parts(List<Expr> all, int level) {
    out.append("(\n");
    for (int i = 0; i < all.size(); i++) {
      out.append(i == 0 ? "" : ",\n");
      write(all.get(i), level + 1, false);
    }
    out.append('\n');
    indent(level, false).append(')');
  }
}
