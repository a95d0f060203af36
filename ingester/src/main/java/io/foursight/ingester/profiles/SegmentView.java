package io.foursight.ingester.profiles;

import io.foursight.model.Labels;
import java.util.List;

/// What a segment holds at one moment: partitions, and the labels that their rows name by number.
/// Immutable, read by any thread.
record SegmentView(String blockId, Labels[] series, List<HeadPartition.View> partitions) {
  SegmentView {
    partitions = List.copyOf(partitions);
  }
}
