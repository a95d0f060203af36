package io.foursight.storage.logs.block.v1;

import com.github.luben.zstd.ZstdCompressCtx;

/// Turns a full buffer into a directory and chunks. Owned by one thread.
final class GroupWriter implements AutoCloseable {
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final GroupOutput out = new GroupOutput(zstd);
  private final ColumnWriter columns = new ColumnWriter();

  /// The result is valid until the next call.
  GroupOutput write(GroupBuffer buffer) {
    buffer.seal();
    out.clear();
    Longs.write(buffer.times, buffer.rows, out);
    columns.writeLines(buffer.lines, buffer.times, out);
    out.directory.varint(buffer.metadata.size());
    buffer.metadata.forEach((name, values) -> writeMetadata(name, values, buffer.rows));
    return out;
  }

  private void writeMetadata(String name, GroupBuffer.Metadata metadata, int rows) {
    out.directory.text(name);
    int present = metadata.values.count;
    out.directory.varint(present);
    if (present < rows) {
      var bits = new byte[(rows + 7) / 8];
      for (int i = 0; i < present; i++) {
        int row = metadata.rows[i];
        bits[row >>> 3] |= (byte) (1 << (row & 7));
      }
      out.chunk(bits, 0, bits.length, true);
    }
    columns.write(metadata.values, 0, out);
  }

  @Override
  public void close() {
    zstd.close();
  }
}
