package io.foursight.storage.metrics.block.v1;

import io.foursight.storage.encoding.ByteReader;

/// Up to 256 consecutive timestamp columns of the index.
///
/// ```
/// | offset varint in `timestamps` | (rows varint, length varint, min time zigzag, max - min varint)* | crc u32 |
/// ```
final class ColumnPage implements MetricsBlockCache.Page {
  private final int[] rows;
  private final long[] offsets;
  private final long[] minTimes;
  private final long[] maxTimes;

  ColumnPage(ByteReader in, int count) {
    rows = new int[count];
    offsets = new long[count + 1];
    minTimes = new long[count];
    maxTimes = new long[count];
    offsets[0] = in.varint();
    for (int i = 0; i < count; i++) {
      rows[i] = in.varint(Integer.MAX_VALUE);
      offsets[i + 1] = offsets[i] + in.varint(Integer.MAX_VALUE);
      minTimes[i] = in.zigzag();
      maxTimes[i] = minTimes[i] + in.varint();
    }
  }

  int rows(int row) {
    return rows[row];
  }

  long offset(int row) {
    return offsets[row];
  }

  int length(int row) {
    return (int) (offsets[row + 1] - offsets[row]);
  }

  long minTime(int row) {
    return minTimes[row];
  }

  long maxTime(int row) {
    return maxTimes[row];
  }

  @Override
  public int weight() {
    return 28 * rows.length + 100;
  }
}
