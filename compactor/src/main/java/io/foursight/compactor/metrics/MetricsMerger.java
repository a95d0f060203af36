package io.foursight.compactor.metrics;

import io.foursight.compactor.BlockMerger;
import io.foursight.compactor.MergeInputs;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.metrics.block.v1.BlockScan;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.metrics.block.v1.MetricsBlockWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/// Merges blocks of metrics in their own series order: samples as [MergingSeriesCursor] does (one a
/// timestamp, the later input wins, a stale marker loses), exemplars and metadata each once.
public final class MetricsMerger implements BlockMerger {
  /// A scan that stands on a series.
  private record Cursor(BlockScan scan, int order) {}

  private static final Comparator<Cursor> ORDER =
      Comparator.comparing((Cursor c) -> c.scan.labels(), MetricsBlockFormat.SERIES_ORDER)
          .thenComparingInt(c -> c.order);

  @Override
  public BlockMeta merge(List<Input> inputs, Output output, BooleanSupplier cancelled) {
    try (var open = new MergeInputs();
        var writer = new MetricsBlockWriter(output.directory(), output.blockId())) {
      var queue = new PriorityQueue<>(ORDER);
      for (int i = 0; i < inputs.size(); i++) {
        Input input = inputs.get(i);
        MetricsBlockReader reader =
            open.opened(MetricsBlockReader.open(input.meta(), open.files(input)));
        reader.metadata("").forEach(writer::addMetadata);
        BlockScan scan = reader.scan(TimeRange.ALL);
        open.opened(scan);
        if (scan.next()) {
          queue.add(new Cursor(scan, i));
        }
      }
      mergeSeries(queue, writer, cancelled);
      return writer.finish(
          output.level(), output.sources(), output.parents(), output.createdMillis());
    }
  }

  private static void mergeSeries(
      PriorityQueue<Cursor> queue, MetricsBlockWriter writer, BooleanSupplier cancelled) {
    var group = new ArrayList<Cursor>();
    var columns = List.of(new SampleColumns(), new SampleColumns(), new SampleColumns());
    while (!queue.isEmpty()) {
      MergeInputs.check(cancelled);
      group.clear();
      Labels labels = queue.peek().scan.labels();
      while (!queue.isEmpty() && queue.peek().scan.labels().equals(labels)) {
        group.add(queue.poll());
      }
      writer.add(labels, samples(group, columns));
      List<Exemplar> exemplars = exemplars(group);
      if (!exemplars.isEmpty()) {
        writer.addExemplars(labels, exemplars);
      }
      for (Cursor cursor : group) {
        if (cursor.scan.next()) {
          queue.add(cursor);
        }
      }
    }
  }

  /// @param columns three to work in; one of them is the answer
  private static SampleColumns samples(List<Cursor> group, List<SampleColumns> columns) {
    SampleColumns merged = columns.get(0);
    SampleColumns next = columns.get(1);
    SampleColumns target = columns.get(2);
    group.getFirst().scan.samples(merged);
    for (Cursor cursor : group.subList(1, group.size())) {
      cursor.scan.samples(next);
      MergingSeriesCursor.mergeSamples(merged, next, target);
      SampleColumns free = merged;
      merged = target;
      target = free;
    }
    return merged;
  }

  private static List<Exemplar> exemplars(List<Cursor> group) {
    if (group.size() == 1) {
      return group.getFirst().scan.exemplars();
    }
    var distinct = new LinkedHashSet<Exemplar>();
    group.forEach(cursor -> distinct.addAll(cursor.scan.exemplars()));
    var sorted = new ArrayList<>(distinct);
    sorted.sort(Comparator.comparingLong(Exemplar::timestampMillis));
    return sorted;
  }
}
