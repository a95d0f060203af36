package io.foursight.querylanguages.logql.print;

import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.Binary;
import io.foursight.querylanguages.logql.ast.Expr.LabelReplace;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorLiteral;
import io.foursight.querylanguages.logql.ast.LogRange;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.text.GoFloats;
import java.nio.charset.StandardCharsets;

/// The form over several lines: a node that fits in 100 bytes stands on one line, any other has its
/// parts below it, two spaces deeper.
final class Indented {
  static final int WIDTH = 100;

  private final int width;

  Indented(int width) {
    this.width = width;
  }

  String write(Expr e, int level) {
    String line = LogqlPrinter.oneLine(e);
    String indent = "  ".repeat(level);
    if (line.getBytes(StandardCharsets.UTF_8).length <= width) {
      return indent + line;
    }
    return switch (e) {
      case LogQuery q -> logQuery(q, level);
      case RangeAggregation a -> {
        String parameter =
            a.parameter().isPresent()
                ? indent + "  " + GoFloats.plain(a.parameter().getAsDouble()) + ",\n"
                : "";
        yield indent
            + a.operator().word()
            + "(\n"
            + parameter
            + range(a.range(), level + 1)
            + "\n"
            + indent
            + ")"
            + OneLine.grouping(a.grouping());
      }
      case VectorAggregation a -> {
        String parameter =
            a.operator().takesParameter() ? indent + "  " + a.parameter() + ",\n" : "";
        yield indent
            + OneLine.aggregator(a)
            + "(\n"
            + parameter
            + write(a.expr(), level + 1)
            + "\n"
            + indent
            + ")";
      }
      case Binary b ->
          operand(b.left(), level + 1, binds(b.left(), b, b.operator().isRightAssociative()))
              + "\n"
              + indent
              + OneLine.operator(b)
              + "\n"
              + operand(
                  b.right(), level + 1, binds(b.right(), b, !b.operator().isRightAssociative()));
      case LabelReplace r -> {
        String inner = indent + "  ";
        yield indent
            + "label_replace(\n"
            + write(r.expr(), level + 1)
            + ",\n"
            + inner
            + OneLine.replaceTail(r).substring(1).replace("\",\"", "\",\n" + inner + "\"")
            + "\n"
            + indent
            + ")";
      }
      case NumberLiteral _, VectorLiteral _ -> indent + line;
    };
  }

  /// Whether an operand would fall apart without brackets.
  private static boolean binds(Expr operand, Binary parent, boolean alsoEqual) {
    if (!(operand instanceof Binary child)) {
      return false;
    }
    int difference = child.operator().precedence() - parent.operator().precedence();
    return difference < 0 || (difference == 0 && alsoEqual);
  }

  /// One line brings its own brackets.
  private String operand(Expr e, int level, boolean bracketed) {
    boolean broken = LogqlPrinter.oneLine(e).getBytes(StandardCharsets.UTF_8).length > width;
    if (!bracketed || !broken) {
      return write(e, level);
    }
    String indent = "  ".repeat(level);
    return indent + "(\n" + write(e, level + 1) + "\n" + indent + ")";
  }

  private static String logQuery(LogQuery q, int level) {
    String indent = "  ".repeat(level);
    var out = new StringBuilder(indent);
    new OneLine(out).selector(q);
    for (Stage stage : q.stages()) {
      out.append('\n').append(indent).append("  ").append(LogqlPrinter.stage(stage));
    }
    return out.toString();
  }

  private static String range(LogRange r, int level) {
    var out = new StringBuilder(logQuery(r.query(), level));
    if (r.unwrap().isPresent()) {
      for (String stage : OneLine.unwrapStages(r.unwrap().get())) {
        out.append('\n').append("  ".repeat(level + 1)).append(stage);
      }
    }
    return out.append(' ').append(OneLine.rangeSuffix(r)).toString();
  }
}
