package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// `compare()`: counts every value of every field among the selected spans and among the others.
final class CompareCounts implements SpanCounter {
  private static final String TYPE = "__meta_type";
  private static final int VALUE_BYTES = 128;

  /// One field on one side.
  private static final class Side {
    private final List<double[]> counts = new ArrayList<>();
    private double[] total = {};
  }

  private static final class Counted {
    private final String name;
    private final Value value;
    private final ValueIds ids = new ValueIds();
    private final Side baseline = new Side();
    private final Side selection = new Side();

    Counted(FieldExpr.Field field, FieldCompiler compiler) {
      this.name = field.text();
      this.value = compiler.value(field);
    }
  }

  private final Metric.Compare compare;
  private final SpanTest selected;
  private final List<Counted> fields;
  private final Steps steps;
  private final QueryBudget budget;
  private final Cell cell = new Cell();
  private long charged;

  CompareCounts(
      Metric.Compare compare,
      List<FieldExpr.Field> fields,
      FieldCompiler compiler,
      Steps steps,
      QueryBudget budget) {
    this.compare = compare;
    this.selected = compiler.test(compare.selection().condition());
    this.fields = fields.stream().map(f -> new Counted(f, compiler)).toList();
    this.steps = steps;
    this.budget = budget;
  }

  @Override
  public void add(Rows rows, int row, int step) {
    long start = rows.page().startNanos()[row];
    boolean inTime =
        compare.endNanos() == 0 || (start >= compare.startNanos() && start < compare.endNanos());
    boolean chosen = inTime && selected.test(rows, row);
    for (Counted field : fields) {
      field.value.load(rows, row, cell);
      Side side = chosen ? field.selection : field.baseline;
      boolean any = false;
      for (int i = 0; i < cell.count(); i++) {
        boolean empty = cell.type(i) == SpanColumn.TEXT && cell.text(i).isEmpty();
        if (!empty && !repeats(i)) {
          count(side, field.ids.of(cell, i), step);
          any = true;
        }
      }
      if (any) {
        side.total = side.total.length == 0 ? new double[steps.count()] : side.total;
        side.total[step]++;
      }
    }
  }

  private boolean repeats(int i) {
    for (int j = 0; j < i; j++) {
      boolean same =
          cell.type(i) == cell.type(j)
              && (cell.type(i) == SpanColumn.TEXT
                  ? cell.text(i).equals(cell.text(j))
                  : cell.number(i) == cell.number(j));
      if (same) {
        return true;
      }
    }
    return false;
  }

  private void count(Side side, int id, int step) {
    while (side.counts.size() <= id) {
      side.counts.add(new double[0]);
    }
    double[] counts = side.counts.get(id);
    if (counts.length == 0) {
      long bytes = VALUE_BYTES + 8L * steps.count();
      budget.charge(bytes);
      charged += bytes;
      counts = new double[steps.count()];
      side.counts.set(id, counts);
    }
    counts[step]++;
  }

  @Override
  public List<StepSeries> series() {
    var out = new ArrayList<StepSeries>();
    for (Counted field : fields) {
      boolean tooMany = top(field, field.baseline, "baseline", out);
      tooMany |= top(field, field.selection, "selection", out);
      if (tooMany) {
        add(
            "__meta_error",
            "__too_many_values__",
            field,
            new SpanValue.Nil(),
            new double[steps.count()],
            out);
      }
      total(field, field.baseline, "baseline_total", out);
      total(field, field.selection, "selection_total", out);
    }
    budget.release(charged);
    charged = 0;
    return out;
  }

  /// The most frequent values; whether there are more.
  private boolean top(Counted field, Side side, String type, List<StepSeries> out) {
    int[] ids =
        IntStream.range(0, side.counts.size())
            .filter(id -> side.counts.get(id).length > 0)
            .boxed()
            .sorted(
                Comparator.comparingDouble(
                        (Integer id) -> -Arrays.stream(side.counts.get(id)).sum())
                    .thenComparing(id -> TraceqlPrinter.print(field.ids.value(id))))
            .mapToInt(id -> id)
            .toArray();
    for (int i = 0; i < Math.min(ids.length, compare.topN()); i++) {
      add(TYPE, type, field, field.ids.value(ids[i]), side.counts.get(ids[i]), out);
    }
    return ids.length > compare.topN();
  }

  private void total(Counted field, Side side, String type, List<StepSeries> out) {
    if (side.total.length > 0) {
      add(TYPE, type, field, new SpanValue.Nil(), side.total, out);
    }
  }

  private static void add(
      String meta,
      String type,
      Counted field,
      SpanValue value,
      double[] counts,
      List<StepSeries> out) {
    var labels =
        List.of(new Attribute(meta, new SpanValue.Text(type)), new Attribute(field.name, value));
    out.add(new StepSeries(labels, counts, List.of()));
  }
}
