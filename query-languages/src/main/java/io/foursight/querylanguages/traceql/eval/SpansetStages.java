package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.ast.ScalarExpr;
import io.foursight.querylanguages.traceql.ast.SpansetExpr;
import io.foursight.querylanguages.traceql.ast.SpansetOperator;
import io.foursight.querylanguages.traceql.ast.Stage;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// A pipeline, ready to be run over whole traces. Used by one thread.
final class SpansetStages {
  private interface Step {
    List<SpanSetRows> run(Rows rows, List<SpanSetRows> sets);
  }

  private final FieldCompiler compiler;
  private final Step step;

  SpansetStages(Pipeline pipeline, FieldCompiler compiler) {
    this.compiler = compiler;
    this.step = pipeline(pipeline);
  }

  /// The span sets that a trace leaves, none of them empty.
  List<SpanSetRows> run(Rows rows) {
    int[] all = IntStream.range(0, rows.count()).toArray();
    return step.run(rows, List.of(new SpanSetRows(all, List.of())));
  }

  private Step pipeline(Pipeline pipeline) {
    List<Step> steps = pipeline.stages().stream().map(this::stage).toList();
    return (rows, sets) -> {
      List<SpanSetRows> left = sets;
      for (Step each : steps) {
        if (left.isEmpty()) {
          return left;
        }
        left = each.run(rows, left);
      }
      return left;
    };
  }

  private Step stage(Stage stage) {
    return switch (stage) {
      case SpansetExpr.Filter(FieldExpr condition) -> filter(compiler.test(condition));
      case SpansetExpr.Operation operation -> operation(operation);
      case Pipeline pipeline -> pipeline(pipeline);
      case Stage.ScalarFilter filter -> scalarFilter(filter);
      case Stage.GroupBy(FieldExpr by) -> groupBy(by);
      case Stage.Coalesce _ -> (rows, sets) -> sets.isEmpty() ? sets : List.of(coalesced(sets));
      case Stage.Select(List<FieldExpr.Field> fields) -> {
        fields.forEach(compiler::value);
        yield (rows, sets) -> sets;
      }
    };
  }

  private static SpanSetRows coalesced(List<SpanSetRows> sets) {
    int[] spans = {};
    for (SpanSetRows set : sets) {
      spans = SpanRelation.union(spans, set.spans());
    }
    return new SpanSetRows(spans, List.of());
  }

  private static Step filter(SpanTest test) {
    return (rows, sets) -> {
      var out = new ArrayList<SpanSetRows>(sets.size());
      for (SpanSetRows set : sets) {
        int[] kept = new int[set.spans().length];
        int count = 0;
        for (int span : set.spans()) {
          if (test.test(rows, rows.from() + span)) {
            kept[count++] = span;
          }
        }
        if (count > 0) {
          out.add(set.with(Arrays.copyOf(kept, count)));
        }
      }
      return out;
    };
  }

  private Step operation(SpansetExpr.Operation operation) {
    Step left = stage(operation.left());
    Step right = stage(operation.right());
    SpansetOperator operator = operation.operator();
    if (operator.isStructural()) {
      compiler.useTree();
    }
    return (rows, sets) -> {
      var out = new ArrayList<SpanSetRows>();
      for (SpanSetRows set : sets) {
        var l = left.run(rows, List.of(set));
        var r = right.run(rows, List.of(set));
        int[] spans =
            switch (operator) {
              case AND ->
                  l.isEmpty() || r.isEmpty()
                      ? new int[0]
                      : SpanRelation.union(coalesced(l).spans(), coalesced(r).spans());
              case OR -> SpanRelation.union(coalesced(l).spans(), coalesced(r).spans());
              default ->
                  new SpanRelation(rows.shape(), rows.count())
                      .evaluate(operator, single(l), single(r));
            };
        if (spans.length > 0) {
          out.add(set.with(spans));
        }
      }
      return out;
    };
  }

  private static int[] single(List<SpanSetRows> sets) {
    if (sets.size() > 1) {
      throw new FoursightException(
          ErrorKind.EXECUTION,
          "spanset operators are not supported for multiple spansets per trace. consider using"
              + " coalesce()");
    }
    return sets.isEmpty() ? new int[0] : sets.getFirst().spans();
  }

  private Step scalarFilter(Stage.ScalarFilter filter) {
    if (!(filter.left() instanceof ScalarExpr.Aggregate aggregate)
        || !(filter.right() instanceof ScalarExpr.Literal(SpanValue literal))) {
      throw FoursightException.badData("scalar filter is not supported");
    }
    var function =
        new SpanAggregate(
            aggregate.aggregator(),
            aggregate.field().map(compiler::value).orElse((rows, row, cell) -> cell.clear()));
    String name = TraceqlPrinter.print(aggregate);
    var holder = new SpanValue[1];
    var test =
        new Comparison.WithLiteral(
            filter.operator(), (rows, row, cell) -> Values.constant(holder[0], cell), literal);
    return (rows, sets) -> {
      var out = new ArrayList<SpanSetRows>();
      for (SpanSetRows set : sets) {
        SpanValue value = function.of(rows, set.spans());
        holder[0] = value;
        if (!(value instanceof SpanValue.Nil) && test.test(rows, rows.from())) {
          out.add(set.with(new FoundTrace.Attribute(name, value)));
        }
      }
      return out;
    };
  }

  private Step groupBy(FieldExpr by) {
    Value value = compiler.value(by);
    String name = "by(" + TraceqlPrinter.print(by) + ")";
    var cell = new Cell();
    return (rows, sets) -> {
      var out = new ArrayList<SpanSetRows>();
      for (SpanSetRows set : sets) {
        var groups = new LinkedHashMap<SpanValue, IntStream.Builder>();
        for (int span : set.spans()) {
          value.load(rows, rows.from() + span, cell);
          SpanValue group = cell.isArray() || cell.count() == 0 ? cell.value() : cell.value(0);
          groups.computeIfAbsent(group, g -> IntStream.builder()).add(span);
        }
        groups.forEach((group, spans) ->
            out.add(set.with(spans.build().toArray()).with(new FoundTrace.Attribute(name, group))));
      }
      return out;
    };
  }
}
