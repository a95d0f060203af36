package io.foursight.model.metrics;

import java.util.List;
import java.util.Set;

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
/// @param delivery what order and which labels the caller can do with
public record SelectHints(
    String function,
    long stepMillis,
    long rangeMillis,
    List<String> grouping,
    boolean by,
    int limit,
    int shardIndex,
    int shardCount,
    Delivery delivery) {
  public static final SelectHints NONE = new SelectHints("", 0, 0, List.of(), false, 0, 0, 0);

  private static final Set<String> PRESENCE_OF_INSTANTS = Set.of("count", "group", "absent");
  private static final Set<String> PRESENCE_OF_RANGES =
      Set.of("count_over_time", "present_over_time", "absent_over_time");

  /// How the series of a [SeriesCursor] may come. Each allows more than the one before.
  public enum Delivery {
    /// Ascending by labels, each label set once.
    ASCENDING,
    /// In any order, each label set once.
    ANY_ORDER,
    /// In any order, and with no more labels than `__name__` and those that `grouping` keeps; so
    /// equal labels may come several times, once a series.
    GROUPED
  }

  public SelectHints {
    grouping = List.copyOf(grouping);
  }

  /// Series in ascending order.
  public SelectHints(
      String function,
      long stepMillis,
      long rangeMillis,
      List<String> grouping,
      boolean by,
      int limit,
      int shardIndex,
      int shardCount) {
    this(
        function,
        stepMillis,
        rangeMillis,
        grouping,
        by,
        limit,
        shardIndex,
        shardCount,
        Delivery.ASCENDING);
  }

  /// Whether the function above looks at which samples there are, not at their values: a Source may
  /// then put any number for a float that is no stale marker. Only with a loose delivery, whose
  /// caller says what stands above.
  public boolean presenceOnly() {
    return delivery != Delivery.ASCENDING
        && (rangeMillis == 0 ? PRESENCE_OF_INSTANTS : PRESENCE_OF_RANGES).contains(function);
  }

  public SelectHints with(Delivery other) {
    return other == delivery
        ? this
        : new SelectHints(
            function, stepMillis, rangeMillis, grouping, by, limit, shardIndex, shardCount, other);
  }
}
