package io.foursight.querylanguages.promql.eval;

import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.List;

/// Series held all at once, charged to the query's budget until closed.
final class Held implements AutoCloseable {
  private final QueryContext query;
  private final List<StepSeries> series = new ArrayList<>();
  private long bytes;
  private long samples;

  private Held(QueryContext query) {
    this.query = query;
  }

  /// Drains and closes the stream.
  static Held of(QueryContext query, SeriesStream stream) {
    var held = new Held(query);
    try (stream) {
      while (stream.next()) {
        held.add(stream.get());
      }
      return held;
    } catch (RuntimeException e) {
      held.close();
      throw e;
    }
  }

  private void add(StepSeries next) {
    long size = next.sizeBytes();
    query.budget().charge(size);
    bytes += size;
    query.budget().chargeSamples(next.steps());
    samples += next.steps();
    series.add(next);
  }

  List<StepSeries> series() {
    return series;
  }

  @Override
  public void close() {
    query.budget().release(bytes);
    query.budget().releaseSamples(samples);
    bytes = 0;
    samples = 0;
  }
}
