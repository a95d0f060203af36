package io.foursight.storage.logs.block.v1;

import com.github.luben.zstd.Zstd;
import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import io.foursight.storage.object.RangedReaders;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The chunks of one row group, fetched as asked for and verified. Fetch together what a step needs
/// by [#prefetch]. Owned by one thread.
final class GroupChunks {
  private final RangedReader rows;
  private final long base;
  private final Longs times;
  private long[] loadedTimes;
  private final Map<Chunk, byte[]> fetched = new IdentityHashMap<>();

  /// @param base where the row group begins in `rows`
  GroupChunks(RangedReader rows, long base, Longs times) {
    this.rows = rows;
    this.base = base;
    this.times = times;
  }

  /// Over bytes in memory, with times that are known.
  static GroupChunks of(byte[] data, long[] times) {
    var chunks =
        new GroupChunks(
            RangedReaders.of(LogsBlockFormat.ROWS, data),
            0,
            new Longs(times.length, Longs.CONSTANT, 0, List.of()));
    chunks.loadedTimes = times;
    return chunks;
  }

  /// The entries' times, which columns of printed times build on.
  long[] times() {
    if (loadedTimes == null) {
      loadedTimes = times.load(this);
    }
    return loadedTimes;
  }

  void prefetch(List<Chunk> chunks) {
    var missing = new ArrayList<Chunk>();
    var ranges = new ArrayList<RangedReader.Range>();
    for (Chunk chunk : chunks) {
      if (!chunk.isInline() && fetched.putIfAbsent(chunk, chunk.inline()) == null) {
        missing.add(chunk);
        ranges.add(
            new RangedReader.Range(
                base + chunk.offset(), chunk.storedLength() + Chunk.CHECKSUM_BYTES));
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    List<byte[]> pieces = rows.readAll(ranges);
    for (int i = 0; i < missing.size(); i++) {
      fetched.put(missing.get(i), pieces.get(i));
    }
  }

  /// The raw bytes; the array may be shared and is not to be written.
  byte[] bytes(Chunk chunk) {
    if (chunk.isInline()) {
      return chunk.inline();
    }
    prefetch(List.of(chunk));
    byte[] stored = fetched.remove(chunk);
    long offset = base + chunk.offset();
    if (stored.length != chunk.storedLength() + Chunk.CHECKSUM_BYTES) {
      throw FoursightException.corrupt(
          LogsBlockFormat.ROWS + ": truncated: " + stored.length + " bytes at offset " + offset);
    }
    ByteReader in = ByteReader.checked(stored, 0, stored.length, LogsBlockFormat.ROWS, offset);
    if (chunk.codec() == Chunk.STORED) {
      return in.bytes(chunk.rawLength());
    }
    var raw = new byte[chunk.rawLength()];
    long got;
    try {
      got = Zstd.decompressByteArray(raw, 0, raw.length, stored, 0, chunk.storedLength());
    } catch (RuntimeException e) {
      throw in.corrupt("chunk does not unpack: " + e.getMessage());
    }
    if (got != raw.length) {
      throw in.corrupt("chunk of " + raw.length + " bytes unpacks to " + got);
    }
    return raw;
  }
}
