package io.foursight.ingester.profiles;

import io.foursight.model.profiles.ProfileType;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.profiles.block.v1.ProfileRow;
import io.foursight.storage.profiles.block.v1.ProfilesBlockFormat;
import io.foursight.storage.profiles.block.v1.ProfilesBlockWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A sealed segment as a block. Owned by one thread.
final class SegmentBlock {
  private final SegmentView view;

  /// By series: the place of its type, and its own, in the order of blocks.
  private final int[] types;

  private final int[] ranks;

  SegmentBlock(SegmentView view) {
    this.view = view;
    int n = view.series().length;
    types = new int[n];
    ranks = new int[n];
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order, Comparator.comparing(i -> view.series()[i], ProfilesBlockFormat.SERIES_ORDER));
    Map<String, Integer> typeNumbers = new HashMap<>();
    for (int i = 0; i < n; i++) {
      ranks[order[i]] = i;
      String type = view.series()[order[i]].get(ProfileType.LABEL);
      types[order[i]] = typeNumbers.computeIfAbsent(type, t -> typeNumbers.size());
    }
  }

  BlockMeta write(Path directory, long createdMillis) {
    try (var writer = new ProfilesBlockWriter(directory, view.blockId())) {
      for (HeadPartition.View part : view.partitions()) {
        write(part, writer);
      }
      return writer.finish(1, List.of(view.blockId()), List.of(), createdMillis);
    }
  }

  private void write(HeadPartition.View part, ProfilesBlockWriter writer) {
    Integer[] rows = new Integer[part.rows()];
    Arrays.setAll(rows, r -> r);
    Arrays.sort(
        rows,
        Comparator.<Integer>comparingInt(r -> types[part.series()[r]])
            .thenComparingLong(r -> ProfilesBlockFormat.interval(part.time(r)))
            .thenComparingInt(r -> ranks[part.series()[r]])
            .thenComparingLong(part::time)
            .thenComparingLong(part::idHigh)
            .thenComparingLong(part::idLow));
    var row = new ProfileRow();
    for (int r : rows) {
      row.begin(
          view.series()[part.series()[r]],
          part.time(r),
          part.duration(r),
          part.period(r),
          part.idHigh(r),
          part.idLow(r));
      for (int s = part.sampleStart(r); s < part.sampleEnd(r); s++) {
        row.add(
            part.stacks()[s],
            part.values()[s],
            part.spanId(s),
            part.traceHigh(s),
            part.traceLow(s));
      }
      writer.add(row);
    }
    writer.endPartition(part.key().service(), part.key().buildId(), part.symbols());
  }
}
