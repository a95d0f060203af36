package io.foursight.storegateway.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.NanoSpan;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storegateway.OpenBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// When the blocks of a select may repeat each other's entries: where their times meet, and, for
/// askers who do not read everything anyway, only where the times of one and the same stream do.
/// Blocks that follow each other mostly meet, the entries of a stream hardly ever. Owned by one
/// thread.
final class BlockRepeats {
  /// With more streams than this in all blocks together the times of the blocks must do.
  private static final int MAX_STREAMS = 200_000;

  private final List<OpenBlock<LogsBlockReader>> blocks;
  private final LogsSelect select;
  private List<NanoSpan> known;

  BlockRepeats(List<OpenBlock<LogsBlockReader>> blocks, LogsSelect select) {
    this.blocks = blocks;
    this.select = select;
  }

  List<NanoSpan> spans() {
    if (known == null) {
      known = NanoSpan.union(find());
    }
    return known;
  }

  private List<NanoSpan> find() {
    List<NanoSpan> extents = blocks.stream().map(b -> BlockCursor.extent(b.meta())).toList();
    var spans = new ArrayList<NanoSpan>();
    for (int i = 0; i < extents.size(); i++) {
      // A merged block of which one source is read from a head.
      if (!Collections.disjoint(blocks.get(i).meta().sources(), select.withoutBlocks())) {
        spans.add(extents.get(i));
      }
    }
    List<NanoSpan> meetings = NanoSpan.overlaps(extents);
    if (meetings.isEmpty() || select.columns().equals(LogsSelect.Columns.ALL)) {
      spans.addAll(meetings);
      return spans;
    }
    try {
      spans.addAll(ofStreams(extents, meetings));
    } catch (FoursightException e) {
      // Whoever reads the block will tell.
      spans.addAll(meetings);
    }
    return spans;
  }

  private List<NanoSpan> ofStreams(List<NanoSpan> extents, List<NanoSpan> meetings) {
    Map<Labels, List<NanoSpan>> byStream = new HashMap<>();
    long streams = 0;
    for (int i = 0; i < extents.size(); i++) {
      NanoSpan extent = extents.get(i);
      if (meetings.stream().allMatch(m -> m.intersect(extent).isEmpty())) {
        continue;
      }
      OpenBlock<LogsBlockReader> block = blocks.get(i);
      var reader = block.acquire();
      try {
        streams += reader.streamCount();
        if (streams > MAX_STREAMS) {
          return meetings;
        }
        select.budget().check();
        reader.spans(
            select,
            (labels, span) -> byStream.computeIfAbsent(labels, l -> new ArrayList<>(2)).add(span));
      } finally {
        block.release();
      }
    }
    var spans = new ArrayList<NanoSpan>();
    byStream.values().forEach(own -> spans.addAll(NanoSpan.overlaps(own)));
    return spans;
  }
}
