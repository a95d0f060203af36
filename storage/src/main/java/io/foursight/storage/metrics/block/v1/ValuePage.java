package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import java.nio.charset.StandardCharsets;

/// Up to 64 consecutive values of a label name with their postings.
///
/// ```
/// | offset varint of the first list outside | (value, length * 2 + inline varint, [postings when inline])* | crc u32 |
/// value: | bytes shared with the value before varint | rest: length varint, UTF-8 |
/// ```
///
/// Lists outside follow each other in value order and end in a CRC-32C each.
final class ValuePage implements MetricsBlockCache.Page {
  private final String[] values;
  private final byte[] bytes;
  private final long[] places;
  private final int[] lengths;

  ValuePage(ByteReader in, int count, long fileSize) {
    bytes = in.array();
    values = new String[count];
    places = new long[count];
    lengths = new int[count];
    long outside = in.varint();
    byte[] last = {};
    for (int i = 0; i < count; i++) {
      last = LabelIndex.text(last, in);
      values[i] = new String(last, StandardCharsets.UTF_8);
      long head = in.varint();
      long length = head >>> 1;
      if (length > fileSize) {
        throw in.corrupt("postings of " + length + " bytes");
      }
      lengths[i] = (int) length;
      if ((head & 1) != 0) {
        // Inline places are negative.
        places[i] = ~(long) in.position();
        in.skip(length);
      } else {
        places[i] = outside;
        outside += length;
      }
    }
  }

  int size() {
    return values.length;
  }

  String value(int row) {
    return values[row];
  }

  /// Row of a value, -1 when it is not here.
  int find(String value) {
    int low = 0;
    int high = values.length - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int c = Labels.compareText(values[mid], value);
      if (c == 0) {
        return mid;
      }
      if (c < 0) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return -1;
  }

  ByteReader postings(int row, BlockIndex index) {
    if (places[row] >= 0) {
      return index.postings(places[row], lengths[row]);
    }
    int at = (int) ~places[row];
    return new ByteReader(bytes, at, at + lengths[row], MetricsBlockFormat.INDEX, 0);
  }

  @Override
  public int weight() {
    int weight = bytes.length + 12 * values.length;
    for (String value : values) {
      weight += 48 + value.length();
    }
    return weight;
  }
}
