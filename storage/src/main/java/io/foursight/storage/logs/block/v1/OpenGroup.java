package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.logs.FieldName;
import io.foursight.storage.object.RangedReader;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A row group while a query looks at it: its columns, unpacked as far as asked. Owned by one
/// thread.
final class OpenGroup {
  /// The values of one structured metadata name.
  static final class Metadata {
    private final Column values;
    private final int[] places;

    private Metadata(Column values, int[] places) {
      this.values = values;
      this.places = places;
    }

    Column values() {
      return values;
    }

    /// The row of [#values] that has the row's value, -1 when it has none.
    int place(int row) {
      return places.length == 0 ? row : places[row];
    }
  }

  private final GroupSummary summary;
  private final GroupDirectory directory;
  private final GroupChunks chunks;
  private final Column lines;
  private final Map<String, Optional<Metadata>> metadata = new HashMap<>();

  OpenGroup(GroupSummary summary, GroupDirectory directory, RangedReader rows) {
    this.summary = summary;
    this.directory = directory;
    chunks = new GroupChunks(rows, summary.offset(), summary.length(), directory.times());
    lines = directory.lines().open(chunks);
  }

  GroupSummary summary() {
    return summary;
  }

  GroupDirectory directory() {
    return directory;
  }

  long[] times() {
    return chunks.times();
  }

  Column lines() {
    return lines;
  }

  /// What is stored under names that are answered as this one; what counts first comes first.
  List<Metadata> answeredAs(String name) {
    return directory.metadata().stream()
        .map(GroupDirectory.Metadata::name)
        .filter(stored -> FieldName.answered(stored).equals(name))
        .sorted(Comparator.reverseOrder())
        .flatMap(stored -> metadata(stored).stream())
        .toList();
  }

  Optional<Metadata> metadata(String name) {
    return metadata.computeIfAbsent(name, this::open);
  }

  private Optional<Metadata> open(String name) {
    for (GroupDirectory.Metadata column : directory.metadata()) {
      if (column.name().equals(name)) {
        Column values = column.values().open(chunks);
        return Optional.of(
            new Metadata(
                values, column.present().map(bits -> places(bits, values)).orElse(new int[0])));
      }
    }
    return Optional.empty();
  }

  private int[] places(Chunk present, Column values) {
    byte[] bits = chunks.bytes(present);
    var places = new int[summary.rows()];
    int next = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = (bits[i >>> 3] >>> (i & 7) & 1) == 0 ? -1 : next++;
    }
    if (next != values.count) {
      throw FoursightException.corrupt(
          LogsBlockFormat.ROWS + ": " + next + " rows have one of " + values.count + " values");
    }
    return places;
  }
}
