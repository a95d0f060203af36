package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import java.util.Comparator;

/// Names, magic numbers and orders of the format; the layout is drawn in the package comment.
public final class MetricsBlockFormat {
  /// [io.foursight.storage.block.BlockMeta#format] of these blocks.
  public static final String NAME = "storage.metrics.block.v1";

  /// The order of series inside a block: metric name, then the other labels without `le` as
  /// [Labels] compare, then `le` by its number (absent first, unparsable last), then as text. So
  /// the series of a metric lie side by side, and the buckets of a classic histogram too. A total
  /// order consistent with equals.
  public static final Comparator<Labels> SERIES_ORDER = new SeriesOrder();

  private MetricsBlockFormat() {}
}
