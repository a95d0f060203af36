package io.foursight.querylanguages.promql.series;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;

/// Series one after the other, in any order. A label set may come more than once only where the
/// series do not share a step and the consumer merges. Single-threaded; close releases what it
/// holds, also half-way; safe twice.
public interface SeriesStream extends AutoCloseable {
  boolean next();

  /// The current series; the caller may keep and change it. Call once after each [#next()].
  StepSeries get();

  @Override
  default void close() {}

  static SeriesStream of(List<StepSeries> series) {
    Iterator<StepSeries> iterator = series.iterator();
    return new SeriesStream() {
      @Override
      public boolean next() {
        return iterator.hasNext();
      }

      @Override
      public StepSeries get() {
        return iterator.next();
      }
    };
  }

  static SeriesStream empty() {
    return of(List.of());
  }

  /// Each series through a function.
  default SeriesStream map(UnaryOperator<StepSeries> function) {
    SeriesStream inner = this;
    return new SeriesStream() {
      @Override
      public boolean next() {
        return inner.next();
      }

      @Override
      public StepSeries get() {
        return function.apply(inner.get());
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }

  /// All the rest, and closes.
  default List<StepSeries> drain() {
    try (this) {
      var all = new ArrayList<StepSeries>();
      while (next()) {
        all.add(get());
      }
      return all;
    }
  }
}
