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
  private static final int WIDTH = 100;

  String write(Expr e, int level) {
    String line = LogqlPrinter.oneLine(e);
    String indent = "  ".repeat(level);
    if (line.getBytes(StandardCharsets.UTF_8).length <= WIDTH) {
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
            + line.substring(closing(line));
      }
      case VectorAggregation a -> {
        String parameter =
            a.operator().takesParameter() ? indent + "  " + a.parameter() + ",\n" : "";
        yield indent
            + OneLine.aggregator(a).strip()
            + "(\n"
            + parameter
            + write(a.expr(), level + 1)
            + "\n"
            + indent
            + ")";
      }
      case Binary b ->
          write(b.left(), level + 1)
              + "\n"
              + indent
              + OneLine.operator(b)
              + "\n"
              + write(b.right(), level + 1);
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

  /// Behind the last bracket, where a grouping may stand.
  private static int closing(String line) {
    return line.endsWith(")") && (line.contains(") by (") || line.contains(") without ("))
        ? Math.max(line.lastIndexOf(") by ("), line.lastIndexOf(") without (")) + 1
        : line.length();
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
      OneLine.unwrap(out.append('\n').append("  ".repeat(level + 1)), r.unwrap().get());
    }
    return out.append(' ').append(OneLine.rangeSuffix(r)).toString();
  }
}
