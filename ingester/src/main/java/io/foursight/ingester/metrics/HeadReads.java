package io.foursight.ingester.metrics;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricsCardinality.HistogramSeries;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Answers about the head of one tenant: each shard of each range that overlaps is asked, the
/// answers are merged by labels. Stateless.
final class HeadReads {
  /// What to do with the matching series of one shard.
  private interface Visitor {
    void visit(HeadRange range, int shard, ShardSeries.Reader reader, int[] ids);
  }

  private HeadReads() {}

  /// In label order, unless the select can do without.
  static SeriesCursor select(MetricsHead head, MetricsSelect select, boolean samples) {
    if (select.hints().delivery() != Delivery.ASCENDING) {
      return SeriesCursor.chained(shards(head, select, samples));
    }
    var cursors = new ArrayList<SeriesCursor>();
    visit(
        head,
        select.range(),
        select.matchers(),
        select.budget(),
        (range, shard, reader, ids) -> {
          int[] inside = overlapping(range.shards()[shard], ids, select.range());
          if (inside.length > 0) {
            int[] sorted = range.index(shard).sorted(reader, inside);
            select.budget().countSeries(sorted.length);
            cursors.add(
                new HeadCursor(
                    range.shards()[shard],
                    reader,
                    sorted,
                    select.range(),
                    select.hints(),
                    select.budget(),
                    samples));
          }
        });
    return cursors.isEmpty() ? SeriesCursor.empty() : MergingSeriesCursor.of(cursors);
  }

  /// A cursor a shard, each over all ranges, in order of arrival.
  static List<SeriesCursor> shards(MetricsHead head, MetricsSelect select, boolean samples) {
    var byShard = new TreeMap<Integer, List<ShardCursor.Part>>();
    visit(
        head,
        select.range(),
        select.matchers(),
        select.budget(),
        (range, shard, reader, ids) -> {
          HeadShard source = range.shards()[shard];
          int[] inside = overlapping(source, ids, select.range());
          if (inside.length > 0) {
            select.budget().countSeries(inside.length);
            byShard
                .computeIfAbsent(shard, s -> new ArrayList<>())
                .addFirst(new ShardCursor.Part(source, reader, inside));
          }
        });
    var cursors = new ArrayList<SeriesCursor>(byShard.size());
    try {
      for (List<ShardCursor.Part> parts : byShard.values()) {
        cursors.add(new ShardCursor(parts, select, samples));
      }
      return cursors;
    } catch (RuntimeException e) {
      cursors.forEach(SeriesCursor::close);
      throw e;
    }
  }

  /// Series of all ranges; with `sinceSeconds` only those appended to since then.
  static SeriesCursor inMemory(
      MetricsHead head, List<LabelMatcher> matchers, long sinceSeconds, QueryBudget budget) {
    var cursors = new ArrayList<SeriesCursor>();
    visit(
        head,
        TimeRange.ALL,
        matchers,
        budget,
        (range, shard, reader, ids) -> {
          int[] kept = active(range.shards()[shard], ids, sinceSeconds);
          if (kept.length > 0) {
            cursors.add(
                new HeadCursor(
                    range.shards()[shard],
                    reader,
                    range.index(shard).sorted(reader, kept),
                    TimeRange.ALL,
                    SelectHints.NONE,
                    budget,
                    false));
          }
        });
    return cursors.isEmpty() ? SeriesCursor.empty() : MergingSeriesCursor.of(cursors);
  }

  private static void visit(
      MetricsHead head,
      TimeRange range,
      List<LabelMatcher> matchers,
      QueryBudget budget,
      Visitor visitor) {
    for (HeadRange r : head.pieces()) {
      if (!range.overlaps(new TimeRange(r.baseMillis(), r.endMillis()))) {
        continue;
      }
      for (int s = 0; s < r.shards().length; s++) {
        budget.check();
        HeadShard shard = r.shards()[s];
        long stamp = shard.lock.readLock();
        ShardSeries series = shard.series();
        shard.lock.unlockRead(stamp);
        if (series.count() > 0) {
          int[] ids = ShardSelection.select(shard, r.index(s), series, matchers, budget);
          if (ids.length > 0) {
            visitor.visit(r, s, r.index(s).reader(series), ids);
          }
        }
      }
    }
  }

  private static int[] overlapping(HeadShard shard, int[] ids, TimeRange range) {
    int[] kept = new int[ids.length];
    int n = 0;
    long stamp = shard.lock.readLock();
    try {
      for (int id : ids) {
        if (shard.overlaps(id, range.startMillis(), range.endMillis())) {
          kept[n++] = id;
        }
      }
    } finally {
      shard.lock.unlockRead(stamp);
    }
    return n == ids.length ? ids : Arrays.copyOf(kept, n);
  }

  private static int[] active(HeadShard shard, int[] ids, long sinceSeconds) {
    int[] kept = new int[ids.length];
    int n = 0;
    long stamp = shard.lock.readLock();
    try {
      for (int id : ids) {
        if (shard.lastAppendSeconds(id) >= sinceSeconds) {
          kept[n++] = id;
        }
      }
    } finally {
      shard.lock.unlockRead(stamp);
    }
    return Arrays.copyOf(kept, n);
  }

  static List<String> labelNames(MetricsHead head, MetricsSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    symbols(
        head,
        select,
        (walk, seen) -> {
          while (walk.next()) {
            seen.set(walk.name());
          }
        },
        names);
    return new ArrayList<>(names);
  }

  static List<String> labelValues(MetricsHead head, String label, MetricsSelect select) {
    var values = new TreeSet<String>(Labels::compareText);
    visit(
        head,
        select.range(),
        select.matchers(),
        select.budget(),
        (range, s, reader, ids) -> {
          HeadShard shard = range.shards()[s];
          long stamp = shard.lock.readLock();
          int name = shard.symbol(label);
          shard.lock.unlockRead(stamp);
          if (name < 0) {
            return;
          }
          var seen = new BitSet();
          for (int id : overlapping(shard, ids, select.range())) {
            int value = reader.walk().find(id, name);
            if (value >= 0) {
              seen.set(value);
            }
          }
          seen.stream().forEach(symbol -> values.add(reader.text(symbol)));
        });
    return new ArrayList<>(values);
  }

  private interface Mark {
    void mark(ShardSeries.Walk walk, BitSet seen);
  }

  private static void symbols(
      MetricsHead head, MetricsSelect select, Mark mark, TreeSet<String> into) {
    visit(
        head,
        select.range(),
        select.matchers(),
        select.budget(),
        (range, s, reader, ids) -> {
          var seen = new BitSet();
          for (int id : overlapping(range.shards()[s], ids, select.range())) {
            mark.mark(reader.walk().to(id), seen);
          }
          seen.stream().forEach(symbol -> into.add(reader.text(symbol)));
        });
  }

  static List<ExemplarSeries> exemplars(MetricsHead head, MetricsSelect select) {
    var bySeries = new TreeMap<Labels, TreeSet<Exemplar>>();
    Comparator<Exemplar> byTime =
        Comparator.comparingLong(Exemplar::timestampMillis)
            .thenComparing(Exemplar::labels)
            .thenComparingDouble(Exemplar::value);
    // An exemplar may be a little older than the range that took its series' sample.
    visit(
        head,
        TimeRange.ALL,
        select.matchers(),
        select.budget(),
        (range, s, reader, ids) -> {
          List<HeadExemplars.Entry> all = range.exemplars().all();
          if (all.isEmpty()) {
            return;
          }
          var selected = new BitSet();
          for (int id : ids) {
            selected.set(id);
          }
          for (HeadExemplars.Entry e : all) {
            if (e.shard() == s
                && selected.get(e.series())
                && select.range().contains(e.exemplar().timestampMillis())) {
              bySeries
                  .computeIfAbsent(reader.labels(e.series()), unused -> new TreeSet<>(byTime))
                  .add(e.exemplar());
            }
          }
        });
    var out = new ArrayList<ExemplarSeries>();
    bySeries.forEach((labels, set) -> out.add(new ExemplarSeries(labels, new ArrayList<>(set))));
    return out;
  }

  static List<HistogramSeries> nativeHistograms(
      MetricsHead head, List<LabelMatcher> matchers, long sinceSeconds, QueryBudget budget) {
    Map<Labels, Integer> buckets = new HashMap<>();
    var samples = new SampleReader();
    visit(
        head,
        TimeRange.ALL,
        matchers,
        budget,
        (range, s, reader, ids) -> {
          HeadShard shard = range.shards()[s];
          for (int id : active(shard, ids, sinceSeconds)) {
            long stamp = shard.lock.readLock();
            try {
              Labels labels = reader.labels(id);
              if (shard.lastIsHistogram(id)) {
                buckets.put(labels, samples.lastHistogram(shard, id).bucketCount());
              } else {
                buckets.remove(labels);
              }
            } finally {
              shard.lock.unlockRead(stamp);
            }
          }
        });
    return buckets.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> new HistogramSeries(e.getKey(), e.getValue()))
        .toList();
  }
}
