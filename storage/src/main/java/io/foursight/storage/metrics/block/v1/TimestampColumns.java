package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.LongCodec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The timestamp columns of a block being written. Series with equal timestamps share one column; a
/// series that lives for a part of its target's time uses a stretch of the target's column.
///
/// ```
/// | [length varint of every chunk but the last, when there are several] | chunks: LongCodec of up to 1024 rows | crc u32 |
/// ```
final class TimestampColumns {
  /// Where a series' timestamps lie.
  record Place(int column, int startRow, boolean whole) {}

  private record Content(long high, long low, int rows) {}

  private static final class Recent {
    private final int[] columns = new int[4];
    private final long[][] timestamps = new long[4][];
    private int next;
  }

  private static final int MAX_CONTENTS = 1 << 20;
  private static final int MAX_RECENT_ROWS = 4 << 20;

  private final BlockFile file;
  private final LongCodec codec = new LongCodec();
  private final ByteWriter out = new ByteWriter();
  private final ByteWriter chunk = new ByteWriter();
  private final Map<Content, Integer> byContent = new HashMap<>();
  private final LinkedHashMap<String, Recent> byTarget = new LinkedHashMap<>(16, 0.75f, true);
  private final long[] scratch = new long[MetricsBlockFormat.CHUNK_ROWS];
  private long recentRows;
  private int count;
  private int[] rows = new int[16];
  private int[] lengths = new int[16];
  private long[] minTimes = new long[16];
  private long[] maxTimes = new long[16];

  TimestampColumns(BlockFile file) {
    this.file = file;
  }

  int count() {
    return count;
  }

  int rows(int column) {
    return rows[column];
  }

  int length(int column) {
    return lengths[column];
  }

  long minTime(int column) {
    return minTimes[column];
  }

  long maxTime(int column) {
    return maxTimes[column];
  }

  /// The place of these timestamps, after writing them when they are new.
  Place place(Labels labels, long[] timestamps, int n) {
    var content = content(timestamps, n);
    Integer known = byContent.get(content);
    if (known != null) {
      return new Place(known, 0, true);
    }
    String target = labels.get("job") + '\n' + labels.get("instance");
    Recent recent = byTarget.get(target);
    if (recent != null) {
      for (int i = 0; i < recent.timestamps.length; i++) {
        long[] column = recent.timestamps[i];
        int start = column == null ? -1 : Arrays.binarySearch(column, timestamps[0]);
        if (start >= 0
            && start + n <= column.length
            && Arrays.equals(column, start, start + n, timestamps, 0, n)) {
          return new Place(recent.columns[i], start, false);
        }
      }
    }
    int column = write(timestamps, n);
    if (byContent.size() >= MAX_CONTENTS) {
      byContent.clear();
    }
    byContent.put(content, column);
    remember(target, column, Arrays.copyOf(timestamps, n));
    return new Place(column, 0, true);
  }

  private void remember(String target, int column, long[] timestamps) {
    Recent recent = byTarget.computeIfAbsent(target, t -> new Recent());
    int slot = recent.next++ & 3;
    recentRows += timestamps.length;
    if (recent.timestamps[slot] != null) {
      recentRows -= recent.timestamps[slot].length;
    }
    recent.columns[slot] = column;
    recent.timestamps[slot] = timestamps;
    while (recentRows > MAX_RECENT_ROWS && byTarget.size() > 1) {
      Recent oldest = byTarget.pollFirstEntry().getValue();
      for (long[] old : oldest.timestamps) {
        recentRows -= old == null ? 0 : old.length;
      }
    }
  }

  private int write(long[] timestamps, int n) {
    out.clear();
    chunk.clear();
    int size = MetricsBlockFormat.CHUNK_ROWS;
    for (int from = 0; from < n; from += size) {
      int length = Math.min(size, n - from);
      System.arraycopy(timestamps, from, scratch, 0, length);
      int start = chunk.size();
      codec.encode(scratch, length, chunk);
      if (from + length < n) {
        out.varint(chunk.size() - start);
      }
    }
    out.bytes(chunk);
    out.checksum(0);
    file.append(out);
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
      minTimes = Arrays.copyOf(minTimes, 2 * count);
      maxTimes = Arrays.copyOf(maxTimes, 2 * count);
    }
    rows[count] = n;
    lengths[count] = out.size();
    minTimes[count] = timestamps[0];
    maxTimes[count] = timestamps[n - 1];
    return count++;
  }

  /// 128 bits over the timestamps; equal hashes are taken for equal columns.
  private static Content content(long[] timestamps, int n) {
    long a = 0x9e3779b97f4a7c15L ^ n;
    long b = 0xc2b2ae3d27d4eb4fL;
    for (int i = 0; i < n; i++) {
      long x = timestamps[i];
      a = (a ^ x) * 0xff51afd7ed558ccdL;
      a ^= a >>> 32;
      b = (b + x) * 0xc4ceb9fe1a85ec53L;
      b ^= b >>> 29;
    }
    return new Content(a, b, n);
  }
}
