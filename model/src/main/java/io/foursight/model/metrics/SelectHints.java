package io.foursight.model.metrics;

import java.util.List;

/// What the engine will do with a selection. Sources may ignore all of it but the shard; they must
/// never return less than asked because of it.
///
/// @param function the PromQL function or aggregation directly above, or empty
/// @param stepMillis resolution of the query, 0 for an instant
/// @param rangeMillis range of a matrix selector, 0 for an instant selector
/// @param grouping labels of the aggregation above
/// @param by whether `grouping` is kept (`by`) or dropped (`without`)
/// @param limit no more than this many series are needed, 0 = all
/// @param shardIndex with `shardCount` > 0: return only the series whose `SeriesHash.shard(labels,
///   shardCount)` is this
/// @param shardCount 0 = unsharded
public record SelectHints(
    String function,
    long stepMillis,
    long rangeMillis,
    List<String> grouping,
    boolean by,
    int limit,
    int shardIndex,
    int shardCount) {
  public static final SelectHints NONE = new SelectHints("", 0, 0, List.of(), false, 0, 0, 0);

  public SelectHints {
    grouping = List.copyOf(grouping);
  }
}
