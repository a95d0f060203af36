package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.querylanguages.promql.functions.RangeCall;
import io.foursight.querylanguages.promql.functions.RangeFunction;
import io.foursight.querylanguages.promql.functions.RangeWindow;
import io.foursight.querylanguages.promql.functions.WindowBorders;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.IdentityHashMap;
import java.util.Map;

/// A range function over the series of a range, one after the other.
final class RangeStream implements SeriesStream {
  /// Rows that a window has in reach beyond its borders.
  record Reach(long before, long behind) {
    static final Reach NONE = new Reach(0, 0);
  }

  private static final int MAX_KNOWN_LABELS = 4096;

  private final QueryContext query;
  private final RangeInput input;
  private final TimeLine line;
  private final long rangeMillis;
  private final Reach reach;
  private final RangeFunction function;
  private final RangeCall call;
  private final boolean keepsName;
  private final boolean warnsOfNames;
  private final SampleColumns samples = new SampleColumns();
  private final RangeWindow window = new RangeWindow();
  private final WindowBorders floatBorders;
  private final WindowBorders histogramBorders;
  private final Map<Labels, Labels> nameless = new IdentityHashMap<>();
  private long charged;

  RangeStream(
      QueryContext query,
      RangeInput input,
      TimeLine line,
      long rangeMillis,
      Reach reach,
      RangeFunction function,
      RangeCall call,
      boolean keepsName,
      boolean warnsOfNames) {
    this.query = query;
    this.input = input;
    this.line = line;
    this.rangeMillis = rangeMillis;
    this.reach = reach;
    this.function = function;
    this.call = call;
    this.keepsName = keepsName;
    this.warnsOfNames = warnsOfNames;
    this.floatBorders = new WindowBorders(line.count());
    this.histogramBorders = new WindowBorders(line.count());
  }

  @Override
  public boolean next() {
    query.budget().check();
    return input.next();
  }

  @Override
  public StepSeries get() {
    input.samples(samples);
    window.load(input.labels(), samples, query.options().startTimestamps());
    window.rangeMillis = rangeMillis;
    window.firstEnd = line.first();
    window.stride = line.stride();
    var series = StepSeries.empty(input.labels(), input.dropName(), line.count());
    borders(
        floatBorders,
        window.floatTimes,
        window.floatCount,
        samples.sharesTimestamps() && window.floatTimes == samples.timestamps());
    borders(histogramBorders, window.histogramTimes, window.histogramCount, false);
    chargeLargestWindow();
    boolean bulk =
        window.histogramCount == 0
            && reach.before == 0
            && reach.behind == 0
            && function.allSteps(window, floatBorders, call, series.values());
    if (!bulk) {
      for (int step = 0; step < line.count(); step++) {
        step(step, series);
      }
    }
    if (warnsOfNames) {
      warnOfName(series);
    }
    return keepsName ? series : dropName(series);
  }

  /// Sources that group give the same labels again and again.
  private StepSeries dropName(StepSeries series) {
    if (query.options().delayedNameRemoval()) {
      return query.dropName(series);
    }
    Labels labels = series.labels();
    Labels known = nameless.get(labels);
    if (known == null) {
      known = QueryContext.withoutMetadata(labels);
      if (nameless.size() < MAX_KNOWN_LABELS) {
        nameless.put(labels, known);
      }
    }
    return series.relabel(known, false);
  }

  /// As Prometheus counts: what one step has in its hands.
  private void chargeLargestWindow() {
    query.budget().releaseSamples(charged);
    charged = Math.max(floatBorders.largest(), histogramBorders.largest());
    query.budget().chargeSamples(charged);
  }

  private void borders(WindowBorders borders, long[] times, int size, boolean shared) {
    borders.compute(
        times,
        size,
        line.first() + reach.behind,
        line.stride(),
        rangeMillis + reach.before + reach.behind,
        shared);
  }

  private void step(int step, StepSeries series) {
    window.end = line.time(step);
    window.start = window.end - rangeMillis;
    window.floatFrom = floatBorders.from()[step];
    window.floatTo = floatBorders.to()[step];
    window.histogramFrom = histogramBorders.from()[step];
    window.histogramTo = histogramBorders.to()[step];
    function.step(window, call, series, step);
  }

  private void warnOfName(StepSeries series) {
    String name = series.labels().metricName();
    if (name.isEmpty()
        || name.endsWith("_total")
        || name.endsWith("_sum")
        || name.endsWith("_count")
        || name.endsWith("_bucket")) {
      return;
    }
    for (double value : series.values()) {
      if (!StepSeries.isAbsent(value)) {
        call.info(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \""
                + name
                + "\"");
        return;
      }
    }
  }

  @Override
  public void close() {
    query.budget().releaseSamples(charged);
    charged = 0;
    input.close();
  }
}
