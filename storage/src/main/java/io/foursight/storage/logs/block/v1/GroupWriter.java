package io.foursight.storage.logs.block.v1;

import com.github.luben.zstd.ZstdCompressCtx;
import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import java.util.Optional;

/// Turns a full buffer into a directory and chunks. Owned by one thread.
final class GroupWriter implements AutoCloseable {
  /// Plain compression hardly ever reaches this ratio.
  private static final int SURELY_SMALLER = 14;

  private static final int SAMPLE_BYTES = 1 << 20;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final GroupOutput out = new GroupOutput(zstd);
  private final ColumnWriter columns = new ColumnWriter();
  private long inexactGroups;

  /// The result is valid until the next call.
  GroupOutput write(GroupBuffer buffer) {
    buffer.seal();
    out.clear();
    Longs.write(buffer.times, buffer.rows, out);
    writeLines(buffer);
    out.directory.varint(buffer.metadata.size());
    buffer.metadata.forEach((name, values) -> writeMetadata(name, values, buffer.rows));
    return out;
  }

  /// As templates when these come back byte for byte and are smaller, else plainly compressed.
  private void writeLines(GroupBuffer buffer) {
    GroupOutput lines = out.fresh();
    Optional<TemplateWriter> templates = columns.writeLines(buffer.lines, buffer.times, lines);
    long rawBytes = buffer.lines.totalBytes();
    boolean exact = comesBack(buffer, templates, lines);
    if (!exact) {
      inexactGroups++;
    }
    if (!exact
        || rawBytes < SURELY_SMALLER * lines.size() && lines.size() > estimate(buffer.lines)) {
      GroupOutput plain = out.fresh();
      RawColumn.write(buffer.lines, plain);
      lines = exact && lines.size() <= plain.size() ? lines : plain;
    }
    out.append(lines);
  }

  /// What plain compression would make of the lines, judged by the first of them.
  private long estimate(Strings lines) {
    long total = lines.totalBytes();
    int sample = 0;
    int count = 0;
    while (count < lines.count && sample < SAMPLE_BYTES) {
      sample += lines.lengths[count++];
    }
    if (sample == 0) {
      return Long.MAX_VALUE;
    }
    return out.packedSize(lines.bytes, lines.starts[0], sample) * total / sample;
  }

  /// Reads the lines back and compares them.
  private static boolean comesBack(
      GroupBuffer buffer, Optional<TemplateWriter> templates, GroupOutput output) {
    try {
      byte[] directory = output.directory.toByteArray();
      var in = new ByteReader(directory, 0, directory.length, LogsBlockFormat.INDEX, 0);
      ColumnSpec spec = ColumnSpec.read(buffer.rows, new Chunk.Places(in, output.data.size()));
      Column column = spec.open(GroupChunks.of(output.data.toByteArray(), buffer.times));
      boolean same =
          column instanceof TemplateColumn lines && templates.isPresent()
              ? templates.get().comesBack(lines)
              : column.holds(buffer.lines);
      return same && in.remaining() == 0;
    } catch (FoursightException e) {
      return false;
    }
  }

  /// Row groups whose templates did not come back byte for byte and were given up.
  long inexactGroups() {
    return inexactGroups;
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
