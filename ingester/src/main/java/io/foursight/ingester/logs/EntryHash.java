package io.foursight.ingester.logs;

import io.foursight.model.SeriesHash;
import io.foursight.model.logs.LogsBatch;

/// A keyed 64-bit hash of an entry: time, line and structured metadata in any order. Two different
/// entries of a stream share one with a chance of about 2^-64, which nobody outside can steer.
/// Owned by one thread at a time.
final class EntryHash {
  private final SeriesHash hash;
  private final long[] high = new long[1];
  private final long[] low = new long[1];

  EntryHash(SeriesHash hash) {
    this.hash = hash;
  }

  long of(LogsBatch batch, int entry) {
    byte[] body = batch.body();
    long sum =
        line(batch.timestamps()[entry], body, batch.lineOffset(entry), batch.lineLength(entry));
    for (int p = batch.metadataStart(entry); p < batch.metadataEnd(entry); p++) {
      sum +=
          pair(
              bytes(body, batch.nameOffset(p), batch.nameLength(p)),
              bytes(body, batch.valueOffset(p), batch.valueLength(p)));
    }
    return sum;
  }

  long of(HeadPage.View page, int row) {
    long sum = line(page.times()[row], page.lines(), page.lineStarts()[row], page.lineLength(row));
    for (HeadColumn.View column : page.columns()) {
      int code = column.code(row);
      if (code >= 0) {
        sum +=
            pair(
                bytes(column.nameBytes(), 0, column.nameBytes().length),
                bytes(column.values(), column.starts()[code], column.length(code)));
      }
    }
    return sum;
  }

  private long line(long time, byte[] bytes, int offset, int length) {
    return mix(bytes(bytes, offset, length) ^ time * 0x9e3779b97f4a7c15L);
  }

  private static long pair(long name, long value) {
    return mix(name * 31 + value);
  }

  private long bytes(byte[] bytes, int offset, int length) {
    hash.hash(bytes, offset, length, high, low, 0);
    return low[0];
  }

  private static long mix(long x) {
    long z = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
