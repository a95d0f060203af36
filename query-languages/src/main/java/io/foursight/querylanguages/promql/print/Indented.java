package io.foursight.querylanguages.promql.print;

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
import java.util.List;
import java.util.stream.Collectors;

/// The form over several lines: a node that fits in 100 bytes stands on one line, any other has its
/// parts below it, two spaces deeper.
final class Indented {
  private static final int WIDTH = 100;

  String write(Expr e, int level) {
    String line = PromqlPrinter.oneLine(e);
    String indent = "  ".repeat(level);
    if (line.getBytes(StandardCharsets.UTF_8).length <= WIDTH) {
      return indent + line;
    }
    return switch (e) {
      case Aggregation a ->
          indent + OneLine.aggregator(a) + "(\n" + parts(a.children(), level) + indent + ")";
      case Call c -> indent + c.function().name() + "(\n" + parts(c.args(), level) + indent + ")";
      case Paren p -> indent + "(\n" + write(p.expr(), level + 1) + "\n" + indent + ")";
      case Binary b ->
          write(b.left(), level + 1)
              + "\n"
              + indent
              + OneLine.operator(b)
              + "\n"
              + write(b.right(), level + 1);
      case Subquery s -> write(s.expr(), level) + OneLine.subquerySuffix(s);
      case Unary u -> indent + (u.negative() ? "-" : "+") + write(u.expr(), level).strip();
      case StepInvariant s -> write(s.expr(), level);
      case VectorSelector _, MatrixSelector _, NumberLiteral _, StringLiteral _ -> indent + line;
    };
  }

  private String parts(List<Expr> all, int level) {
    return all.stream().map(e -> write(e, level + 1)).collect(Collectors.joining(",\n")) + "\n";
  }
}
