package io.foursight.model.logs;

import io.foursight.model.Labels;
import java.util.List;

/// Entries as columns, rows `0..rows-1`, those of one stream together and ascending by time (equal
/// times in order of arrival), whatever the direction of the cursor.
///
/// ```
/// timestamps[row]                                  nanoseconds
/// streams.get(streamOf[row])                       labels of the row's stream
/// lines[lineStarts[row] .. lineStarts[row] + lineLengths[row])   the line (lines may be empty when not asked for)
/// metadata                                         columns of structured metadata
/// ```
///
/// Arrays may be longer than `rows` and belong to the cursor: read only.
public record LogsPage(
    int rows,
    long[] timestamps,
    List<Labels> streams,
    int[] streamOf,
    byte[] lines,
    int[] lineStarts,
    int[] lineLengths,
    List<MetadataColumn> metadata) {

  /// The values of one structured metadata name as it was sent (see [FieldName]): value of a row =
  /// `bytes[starts[code] .. starts[code + 1])` with `code = codes[row]`, absent when the code is
  /// negative. Codes are dense from 0; equal values of a page mostly share a code.
  public record MetadataColumn(String name, int[] codes, byte[] bytes, int[] starts) {
    public boolean has(int row) {
      return codes[row] >= 0;
    }

    public int start(int row) {
      return starts[codes[row]];
    }

    public int length(int row) {
      return starts[codes[row] + 1] - starts[codes[row]];
    }
  }

  public Labels labels(int row) {
    return streams.get(streamOf[row]);
  }
}
