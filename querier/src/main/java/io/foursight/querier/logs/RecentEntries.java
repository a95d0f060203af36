package io.foursight.querier.logs;

import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The entries shown last, so that those of other replicas are not shown again: a keyed hash of
/// stream, time, line and structured metadata each, the oldest forgotten first. Owned by one
/// thread.
final class RecentEntries {
  private static final int MAX = 1 << 17;
  private static final SecureRandom KEYS = new SecureRandom();

  private record Key(long high, long low) {}

  private final SeriesHash hash = new SeriesHash(KEYS.nextLong(), KEYS.nextLong());
  private final long[] high = new long[1];
  private final long[] low = new long[1];
  private final Map<Key, Boolean> shown =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
          return size() > MAX;
        }
      };

  /// The rows that were not shown; they are then. Empty when there is none.
  Optional<LogsPage> withoutShown(LogsPage page) {
    int[] fresh = new int[page.rows()];
    int count = 0;
    for (int row = 0; row < page.rows(); row++) {
      if (shown.putIfAbsent(key(page, row), Boolean.TRUE) == null) {
        fresh[count++] = row;
      }
    }
    if (count == page.rows()) {
      return Optional.of(page);
    }
    return count == 0 ? Optional.empty() : Optional.of(chosen(page, Arrays.copyOf(fresh, count)));
  }

  private Key key(LogsPage page, int row) {
    var at = ByteBuffer.allocate(Long.BYTES).putLong(page.timestamps()[row]);
    long upper = part(at.array(), 0, Long.BYTES);
    long lower = low[0];
    Labels labels = page.labels(row);
    byte[] stream = labels.toString().getBytes(StandardCharsets.UTF_8);
    upper = upper * 31 + part(stream, 0, stream.length);
    lower = lower * 31 + low[0];
    upper = upper * 31 + part(page.lines(), page.lineStarts()[row], page.lineLengths()[row]);
    lower = lower * 31 + low[0];
    for (MetadataColumn column : page.metadata()) {
      if (column.has(row)) {
        // In any order: columns of two pages may be in different order.
        byte[] name = column.name().getBytes(StandardCharsets.UTF_8);
        var pair = ByteBuffer.allocate(4 + name.length + column.length(row));
        pair.putInt(name.length).put(name);
        pair.put(column.bytes(), column.start(row), column.length(row));
        upper += part(pair.array(), 0, pair.capacity());
        lower += low[0];
      }
    }
    return new Key(upper, lower);
  }

  private long part(byte[] bytes, int offset, int length) {
    hash.hash(bytes, offset, length, high, low, 0);
    return high[0];
  }

  private static LogsPage chosen(LogsPage page, int[] rows) {
    var timestamps = new long[rows.length];
    var streamOf = new int[rows.length];
    var starts = new int[rows.length];
    var lengths = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      timestamps[i] = page.timestamps()[rows[i]];
      streamOf[i] = page.streamOf()[rows[i]];
      starts[i] = page.lineStarts()[rows[i]];
      lengths[i] = page.lineLengths()[rows[i]];
    }
    List<MetadataColumn> metadata = new ArrayList<>();
    for (MetadataColumn column : page.metadata()) {
      var codes = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        codes[i] = column.codes()[rows[i]];
      }
      metadata.add(new MetadataColumn(column.name(), codes, column.bytes(), column.starts()));
    }
    return new LogsPage(
        rows.length, timestamps, page.streams(), streamOf, page.lines(), starts, lengths, metadata);
  }
}
