package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The directory of a row group: every column, where its chunks are, and what small columns hold.
/// Immutable.
///
/// ```
/// | times: Longs | lines: column | names varint | metadata* |
/// metadata: | name | rows varint | [chunk: a bit a row, low first, when not all rows have it] | values: column |
/// ```
record GroupDirectory(Longs times, ColumnSpec lines, List<Metadata> metadata, int weight) {

  /// @param present which rows have a value; empty = all
  record Metadata(String name, Optional<Chunk> present, ColumnSpec values) {}

  static GroupDirectory read(ByteReader in, GroupSummary group) {
    int weight = 4 * in.remaining();
    var places = new Chunk.Places(in, group.length());
    Longs times = Longs.read(group.rows(), places);
    ColumnSpec lines = ColumnSpec.read(group.rows(), places);
    int names = in.varint(in.remaining());
    var metadata = new ArrayList<Metadata>(names);
    for (int i = 0; i < names; i++) {
      String name = in.text();
      int rows = in.varint(group.rows());
      Optional<Chunk> present = Optional.empty();
      if (rows < group.rows()) {
        Chunk bits = places.read();
        if (bits.rawLength() != (group.rows() + 7) / 8) {
          throw in.corrupt(bits.rawLength() + " bytes of bits for " + group.rows() + " rows");
        }
        present = Optional.of(bits);
      }
      metadata.add(new Metadata(name, present, ColumnSpec.read(rows, places)));
    }
    if (in.remaining() > 0) {
      throw in.corrupt(in.remaining() + " bytes too many in a directory");
    }
    return new GroupDirectory(times, lines, List.copyOf(metadata), weight);
  }
}
