package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.SampleColumns;
import java.util.ArrayList;
import java.util.List;

/// All series in series order; values are read a few thousand series at a time.
final class ScanCursor implements BlockScan {
  private static final int BATCH = 4096;

  private final BlockIndex index;
  private final SeriesWalk walk;
  private final TimeRange range;
  private final ValueSpans values;
  private final SampleLoader loader;
  private final ExemplarsReader exemplars;
  private int series = -1;
  private int plannedTo;
  private SeriesEntry entry;

  ScanCursor(
      BlockIndex index,
      ExtentReader timestamps,
      ExtentReader valuesFile,
      ExemplarsReader exemplars,
      TimeRange range) {
    this.index = index;
    walk = new SeriesWalk(index);
    this.range = range;
    this.exemplars = exemplars;
    var budget = QueryBudget.unlimited();
    values = new ValueSpans(valuesFile, budget);
    loader = new SampleLoader(walk, timestamps, values, range, budget, true);
  }

  @Override
  public boolean next() {
    while (series < index.seriesCount()) {
      series++;
      if (series >= index.seriesCount()) {
        break;
      }
      if (series >= plannedTo) {
        plan();
      }
      entry = walk.entry(series);
      boolean inRange =
          entry.rows() > 0
              && entry.minTime() <= range.endMillis()
              && entry.maxTime() >= range.startMillis();
      if (inRange || !exemplars().isEmpty()) {
        return true;
      }
    }
    close();
    return false;
  }

  private void plan() {
    // Lower buckets of the first series lie before it.
    int first = series;
    while (first > 0 && walk.entry(first).lowerBucket()) {
      first--;
    }
    plannedTo = Math.min(index.seriesCount(), series + BATCH);
    var entries = new ArrayList<SeriesEntry>(plannedTo - first);
    for (int s = first; s < plannedTo; s++) {
      entries.add(walk.entry(s));
    }
    values.plan(entries);
  }

  @Override
  public Labels labels() {
    return walk.labels(series);
  }

  @Override
  public void samples(SampleColumns into) {
    loader.load(entry, into);
  }

  @Override
  public List<Exemplar> exemplars() {
    return exemplars.of(series, range);
  }

  @Override
  public void close() {
    series = index.seriesCount();
    loader.release();
  }
}
