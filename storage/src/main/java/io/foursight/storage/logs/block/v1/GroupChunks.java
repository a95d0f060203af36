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
  /// After so many reads of single columns the rest is fetched at once: a request costs more than
  /// the bytes.
  private static final int FEW_READS = 3;

  private static final long MAX_WHOLE = 64 << 20;

  private final RangedReader rows;
  private final long base;
  private final long length;
  private byte[] whole = {};
  private int reads;
  private final Longs times;
  private long[] loadedTimes;
  private final Map<Chunk, byte[]> fetched = new IdentityHashMap<>();

  /// @param base where the row group begins in `rows`
  /// @param length of its part
  GroupChunks(RangedReader rows, long base, long length, Longs times) {
    this.rows = rows;
    this.base = base;
    this.length = length;
    this.times = times;
  }

  /// Over bytes in memory, with times that are known.
  static GroupChunks of(byte[] data, long[] times) {
    var chunks =
        new GroupChunks(
            RangedReaders.of(LogsBlockFormat.ROWS, data),
            0,
            data.length,
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
      if (!chunk.isInline() && whole.length == 0 && !fetched.containsKey(chunk)) {
        missing.add(chunk);
        ranges.add(
            new RangedReader.Range(
                base + chunk.offset(), chunk.storedLength() + Chunk.CHECKSUM_BYTES));
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    if (++reads > FEW_READS && length <= MAX_WHOLE) {
      whole = rows.read(base, (int) length);
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
    int start = 0;
    if (stored == null) {
      stored = whole;
      start = (int) chunk.offset();
    }
    long offset = base + chunk.offset();
    int end = start + chunk.storedLength() + Chunk.CHECKSUM_BYTES;
    if (stored.length < end) {
      throw FoursightException.corrupt(
          LogsBlockFormat.ROWS + ": truncated: " + stored.length + " bytes at offset " + offset);
    }
    ByteReader in = ByteReader.checked(stored, start, end, LogsBlockFormat.ROWS, offset);
    if (chunk.codec() == Chunk.STORED) {
      return in.bytes(chunk.rawLength());
    }
    var raw = new byte[chunk.rawLength()];
    long got;
    try {
      got = Zstd.decompressByteArray(raw, 0, raw.length, stored, start, chunk.storedLength());
    } catch (RuntimeException e) {
      throw in.corrupt("chunk does not unpack: " + e.getMessage());
    }
    if (got != raw.length) {
      throw in.corrupt("chunk of " + raw.length + " bytes unpacks to " + got);
    }
    return raw;
  }
}
