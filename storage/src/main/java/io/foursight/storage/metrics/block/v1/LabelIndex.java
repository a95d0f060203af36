package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import java.nio.charset.StandardCharsets;

/// The directory of one label name: which series have it, and where its value pages lie.
///
/// ```
/// | pages offset varint | postings length varint | postings of all series with the label | (page length varint, first value)* | crc u32 |
/// ```
final class LabelIndex implements MetricsBlockCache.Page {
  private final byte[] all;
  private final long[] offsets;
  private final String[] firstValues;
  private final int valueCount;

  LabelIndex(ByteReader in, int valueCount) {
    this.valueCount = valueCount;
    long offset = in.varint();
    all = in.bytes(in.varint(in.remaining()));
    int perPage = MetricsBlockFormat.VALUES_PER_PAGE;
    int pages = (valueCount + perPage - 1) / perPage;
    if (pages > in.remaining()) {
      throw in.corrupt(pages + " pages of values");
    }
    offsets = new long[pages + 1];
    firstValues = new String[pages];
    offsets[0] = offset;
    byte[] last = {};
    for (int i = 0; i < pages; i++) {
      offsets[i + 1] = offsets[i] + in.varint(Integer.MAX_VALUE);
      last = text(last, in);
      firstValues[i] = new String(last, StandardCharsets.UTF_8);
    }
  }

  /// Reads a text that shares a prefix with the one before.
  static byte[] text(byte[] before, ByteReader in) {
    int shared = in.varint(before.length);
    int rest = in.varint(in.remaining());
    var bytes = new byte[shared + rest];
    System.arraycopy(before, 0, bytes, 0, shared);
    System.arraycopy(in.array(), in.position(), bytes, shared, rest);
    in.skip(rest);
    return bytes;
  }

  int pageCount() {
    return firstValues.length;
  }

  int valueCount() {
    return valueCount;
  }

  long pageOffset(int page) {
    return offsets[page];
  }

  int pageLength(int page) {
    return (int) (offsets[page + 1] - offsets[page]);
  }

  int valuesIn(int page) {
    int perPage = MetricsBlockFormat.VALUES_PER_PAGE;
    return Math.min(perPage, valueCount - page * perPage);
  }

  /// The page that holds `value` if any does: the last whose first value is not greater; 0 when all
  /// are.
  int pageOf(String value) {
    int low = 0;
    int high = firstValues.length - 1;
    while (low < high) {
      int mid = (low + high + 1) >>> 1;
      if (Labels.compareText(firstValues[mid], value) <= 0) {
        low = mid;
      } else {
        high = mid - 1;
      }
    }
    return low;
  }

  /// Postings of every series with the label.
  ByteReader all() {
    return new ByteReader(all, 0, all.length, MetricsBlockFormat.INDEX, 0);
  }

  @Override
  public int weight() {
    int weight = all.length + 8 * offsets.length + 100;
    for (String value : firstValues) {
      weight += 48 + value.length();
    }
    return weight;
  }
}
