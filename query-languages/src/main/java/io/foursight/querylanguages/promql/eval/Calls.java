package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.ast.ValueType;
import io.foursight.querylanguages.promql.functions.Extended;
import io.foursight.querylanguages.promql.functions.FunctionCall;
import io.foursight.querylanguages.promql.functions.RangeCall;
import io.foursight.querylanguages.promql.functions.RangeFunction;
import io.foursight.querylanguages.promql.functions.RangeFunctions;
import io.foursight.querylanguages.promql.functions.VectorFunctions;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.ArrayList;
import java.util.List;

/// Evaluates one call of a function.
final class Calls implements FunctionCall {
  private final Evaluator evaluator;
  private final QueryContext query;
  private final Expr.Call call;
  private final Hints above;

  /// @param above what stands right above the call
  Calls(Evaluator evaluator, Expr.Call call, Hints above) {
    this.above = above;
    this.evaluator = evaluator;
    this.query = evaluator.query();
    this.call = call;
  }

  SeriesStream vector() {
    String name = call.function().name();
    return switch (name) {
      case "absent" -> absent(vector(0));
      case "absent_over_time" -> absentOverTime();
      case "vector" -> vectorOfScalar();
      case "timestamp" -> timestamp(InstantSelector.Take.TIMESTAMP);
      case "start_timestamp" -> timestamp(InstantSelector.Take.START_TIMESTAMP);
      case "info" -> new InfoJoin(evaluator, call).evaluate();
      default -> {
        var range = rangeArgument();
        yield range < 0 ? other(name) : overRange(name, range);
      }
    };
  }

  private int rangeArgument() {
    for (int i = 0; i < call.args().size(); i++) {
      if (call.args().get(i).type() == ValueType.MATRIX) {
        return i;
      }
    }
    return -1;
  }

  private SeriesStream other(String name) {
    return VectorFunctions.find(name)
        .orElseThrow(() -> QueryContext.failure("function " + name + " is not available"))
        .apply(this);
  }

  private SeriesStream overRange(String name, int rangeIndex) {
    var scalars = new ArrayList<double[]>();
    Position parameter = call.position();
    for (Expr argument : call.args()) {
      if (argument.type() == ValueType.SCALAR) {
        if (scalars.isEmpty()) {
          parameter = argument.position();
        }
        scalars.add(evaluator.scalar(argument));
      }
    }
    Expr argument = call.args().get(rangeIndex);
    var function = kernel(name, argument);
    boolean keepsName = RangeFunctions.keepsName(name);
    // Series that become equal without their names are told apart by their labels.
    boolean apart =
        !keepsName && !query.options().delayedNameRemoval() && !NameDrop.hasOneName(argument);
    var ranged = evaluator.range(argument, apart ? Hints.function(name) : above.below(name));
    var context =
        new RangeCall(
            evaluator.steps(),
            query.annotations(),
            name.equals("quantile_over_time") ? parameter : noted(argument),
            parameter,
            scalars);
    boolean warnsOfNames = name.equals("rate") || name.equals("increase");
    var stream =
        ParallelStream.of(
            query,
            ranged.inputs().stream()
                .map(input ->
                    new RangeStream(
                        query,
                        input,
                        ranged.line(),
                        ranged.rangeMillis(),
                        ranged.reach(),
                        function,
                        context,
                        keepsName,
                        warnsOfNames))
                .toList());
    return keepsName ? stream : NameDrop.merged(query, argument, stream);
  }

  /// The place that notes about a range name. What a subquery yields has no place of its own: the
  /// start of the query stands for it.
  private static Position noted(Expr range) {
    return unwrap(range) instanceof Expr.Subquery ? Position.NONE : range.position();
  }

  private static RangeFunction kernel(String name, Expr argument) {
    var extension =
        unwrap(argument) instanceof Expr.MatrixSelector m
            ? m.selector().extension()
            : Expr.Extension.NONE;
    return switch (extension) {
      case NONE -> RangeFunctions.find(name).orElseThrow();
      case ANCHORED -> Extended.of(name, true);
      case SMOOTHED -> Extended.of(name, false);
    };
  }

  private SeriesStream absent(SeriesStream argument) {
    var present = new boolean[evaluator.steps().count()];
    try (argument) {
      while (argument.next()) {
        mark(argument.get(), present);
      }
    }
    return SeriesStream.of(List.of(Absent.of(call.args().getFirst(), present)));
  }

  private SeriesStream absentOverTime() {
    var ranged = evaluator.range(call.args().getFirst(), Hints.function("absent_over_time"));
    var context =
        new RangeCall(
            evaluator.steps(),
            query.annotations(),
            noted(call.args().getFirst()),
            call.position(),
            List.of());
    return absent(
        new RangeStream(
            query,
            RangeInput.chained(ranged.inputs()),
            ranged.line(),
            ranged.rangeMillis(),
            RangeStream.Reach.NONE,
            RangeFunctions.find("present_over_time").orElseThrow(),
            context,
            true,
            false));
  }

  private static void mark(StepSeries series, boolean[] present) {
    for (int step = 0; step < present.length; step++) {
      present[step] |= series.isPresent(step);
    }
  }

  private SeriesStream vectorOfScalar() {
    return SeriesStream.of(List.of(StepSeries.of(Labels.EMPTY, false, scalar(0))));
  }

  /// Of a selector the times of its samples, of anything else the times of the steps.
  private SeriesStream timestamp(InstantSelector.Take take) {
    Expr argument = unwrap(call.args().getFirst());
    SeriesStream times =
        argument instanceof Expr.VectorSelector selector
                && selector.extension() == Expr.Extension.NONE
            ? evaluator.selector(selector, take)
            : evaluator.vector(call.args().getFirst()).map(s -> stepTimes(s, take));
    return NameDrop.merged(query, call.args().getFirst(), times.map(query::dropName));
  }

  private StepSeries stepTimes(StepSeries series, InstantSelector.Take take) {
    var times = StepSeries.empty(series.labels(), series.dropName(), series.steps());
    for (int step = 0; step < series.steps(); step++) {
      if (series.isPresent(step) && take == InstantSelector.Take.TIMESTAMP) {
        times.set(step, evaluator.steps().time(step) / 1000.0);
      }
    }
    return times;
  }

  private static Expr unwrap(Expr expr) {
    Expr e = expr.unwrapParens();
    return e instanceof Expr.StepInvariant invariant ? unwrap(invariant.expr()) : e;
  }

  double[] scalar() {
    Steps steps = evaluator.steps();
    Steps top = query.top();
    return switch (call.function().name()) {
      case "time" -> {
        var times = new double[steps.count()];
        for (int i = 0; i < times.length; i++) {
          times[i] = steps.time(i) / 1000.0;
        }
        yield times;
      }
      case "pi" -> evaluator.constant(Math.PI);
      case "start" -> evaluator.constant(top.startMillis() / 1000.0);
      case "end" -> evaluator.constant(top.endMillis() / 1000.0);
      case "range" -> evaluator.constant((top.endMillis() - top.startMillis()) / 1000.0);
      case "step" -> evaluator.constant(top.stepMillis() / 1000.0);
      case "min_of" -> extreme(false);
      case "max_of" -> extreme(true);
      case "scalar" -> scalarOfVector();
      default ->
          throw QueryContext.failure("function " + call.function().name() + " is not available");
    };
  }

  private double[] extreme(boolean max) {
    double[] a = scalar(0);
    double[] b = scalar(1);
    for (int i = 0; i < a.length; i++) {
      a[i] = max ? Math.max(a[i], b[i]) : Math.min(a[i], b[i]);
    }
    return a;
  }

  /// The only float of the vector, NaN when there are none or several.
  private double[] scalarOfVector() {
    double[] result = evaluator.constant(Double.NaN);
    var found = new int[result.length];
    try (var stream = vector(0)) {
      while (stream.next()) {
        StepSeries series = stream.get();
        for (int step = 0; step < result.length; step++) {
          if (series.isFloat(step)) {
            result[step] = ++found[step] == 1 ? series.value(step) : Double.NaN;
          }
        }
      }
    }
    return result;
  }

  @Override
  public Expr.Call expr() {
    return call;
  }

  @Override
  public Steps steps() {
    return evaluator.steps();
  }

  @Override
  public boolean isRangeQuery() {
    return query.rangeQuery();
  }

  @Override
  public AnnotationSink annotations() {
    return query.annotations();
  }

  @Override
  public int argumentCount() {
    return call.args().size();
  }

  @Override
  public SeriesStream vector(int argument) {
    String name = call.function().name();
    return evaluator.below(name).vector(call.args().get(argument), Hints.function(name));
  }

  @Override
  public double[] scalar(int argument) {
    return evaluator.scalar(call.args().get(argument));
  }

  @Override
  public String text(int argument) {
    return Evaluator.text(call.args().get(argument));
  }

  @Override
  public StepSeries dropName(StepSeries series) {
    return query.dropName(series);
  }

  @Override
  public boolean dropsNamesNow() {
    if (query.options().delayedNameRemoval()) {
      return false;
    }
    for (Expr argument : call.args()) {
      if (argument.type() == ValueType.VECTOR && !NameDrop.hasOneName(argument)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public SeriesStream merged(List<StepSeries> series) {
    return SeriesStream.of(SeriesMerge.merge(series));
  }
}
