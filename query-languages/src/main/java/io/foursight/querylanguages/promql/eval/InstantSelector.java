package io.foursight.querylanguages.promql.eval;

import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.functions.WindowBorders;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;

/// An instant vector selector: at each step the newest sample with `time - lookback < t <= time`,
/// nothing if that is a stale marker.
final class InstantSelector implements SeriesStream {
  /// What to take of the sample found.
  enum Take {
    VALUE,
    /// Its time, in seconds.
    TIMESTAMP,
    /// Its start timestamp, in seconds; 0 where unknown.
    START_TIMESTAMP
  }

  private final SeriesCursor cursor;
  private final QueryContext query;
  private final TimeLine line;
  private final Take take;
  private final WindowBorders borders;
  private final SampleColumns samples = new SampleColumns();
  private long charged;

  /// @param cursor samples from `line.first() - lookback` on, exclusive, to `line.last()`
  InstantSelector(SeriesCursor cursor, TimeLine line, QueryContext query, Take take) {
    this.cursor = cursor;
    this.query = query;
    this.line = line;
    this.take = take;
    this.borders = new WindowBorders(line.count());
  }

  @Override
  public boolean next() {
    query.budget().check();
    return cursor.next();
  }

  @Override
  public StepSeries get() {
    cursor.samples(samples);
    var series = StepSeries.empty(cursor.labels(), false, line.count());
    boolean plain = !samples.hasHistograms() && take == Take.VALUE;
    query.budget().releaseSamples(charged);
    charged = line.count();
    query.budget().chargeSamples(charged);
    borders.compute(
        samples.timestamps(),
        samples.size(),
        line.first(),
        line.stride(),
        query.lookbackMillis(),
        samples.sharesTimestamps());
    int[] from = borders.from();
    int[] to = borders.to();
    if (plain) {
      double[] out = series.values();
      double[] values = samples.values();
      for (int step = 0; step < out.length; step++) {
        int row = to[step] - 1;
        // A stale marker is what an absent value looks like.
        if (row >= from[step]) {
          out[step] = values[row];
        }
      }
    } else {
      for (int step = 0; step < line.count(); step++) {
        int row = to[step] - 1;
        if (row >= from[step]) {
          set(series, step, row);
        }
      }
    }
    return series;
  }

  private void set(StepSeries series, int step, int row) {
    boolean histogram = samples.isHistogram(row);
    boolean stale =
        histogram ? samples.histogram(row).isStale() : StepSeries.isAbsent(samples.value(row));
    if (stale) {
      return;
    }
    switch (take) {
      case TIMESTAMP -> series.set(step, samples.timestamp(row) / 1000.0);
      case START_TIMESTAMP -> series.set(step, samples.startTimestamp(row) / 1000.0);
      case VALUE -> {
        if (histogram) {
          series.set(step, samples.histogram(row));
        } else {
          series.set(step, samples.value(row));
        }
      }
    }
  }

  @Override
  public void close() {
    query.budget().releaseSamples(charged);
    charged = 0;
    cursor.close();
  }
}
