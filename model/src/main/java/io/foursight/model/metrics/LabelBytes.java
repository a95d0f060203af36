package io.foursight.model.metrics;

import io.foursight.model.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

/// The byte form of a label set inside a batch and a WAL: for each label, ascending by name, one
/// protobuf field `labels = 1` of a remote write 1.0 `TimeSeries`, so that the bytes of a received
/// request are used as they are.
///
/// ```
/// label := 0x0a uvarint(n) 0x0a uvarint(|name|) name 0x12 uvarint(|value|) value      n = bytes after uvarint(n)
/// ```
///
/// `{a="b"}` is `0a 06 0a 01 61 12 01 62`. Canonical means: names strictly ascending by bytes, no
/// empty value, valid UTF-8, minimal varints, fields in this order and nothing else.
public final class LabelBytes {
  private static final byte[] METRIC_NAME = {'_', '_', 'n', 'a', 'm', 'e', '_', '_'};

  private LabelBytes() {}

  public static byte[] encode(Labels labels) {
    var out = new ByteArrayOutputStream(labels.size() * 32);
    for (int i = 0; i < labels.size(); i++) {
      byte[] name = labels.name(i).getBytes(StandardCharsets.UTF_8);
      byte[] value = labels.value(i).getBytes(StandardCharsets.UTF_8);
      out.write(0x0a);
      uvarint(
          out,
          2 + uvarintSize(name.length) + name.length + uvarintSize(value.length) + value.length);
      out.write(0x0a);
      uvarint(out, name.length);
      out.writeBytes(name);
      out.write(0x12);
      uvarint(out, value.length);
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  /// Decodes canonical bytes.
  public static Labels decode(byte[] bytes, int offset, int length) {
    var pairs = new ArrayList<String>();
    var reader = new Reader();
    reader.reset(bytes, offset, length);
    while (reader.next()) {
      pairs.add(reader.name());
      pairs.add(reader.value());
    }
    return Labels.ofSorted(pairs.toArray(new String[0]));
  }

  /// The value of `__name__` in canonical bytes; empty when there is none.
  ///
  /// @throws IllegalArgumentException when the bytes are not canonical
  public static String metricName(byte[] bytes, int offset, int length) {
    var reader = new Reader();
    String metric = "";
    reader.reset(bytes, offset, length);
    while (reader.next()) {
      if (reader.nameLength() == METRIC_NAME.length
          && Arrays.equals(
              METRIC_NAME,
              0,
              METRIC_NAME.length,
              bytes,
              reader.nameOffset(),
              reader.nameOffset() + METRIC_NAME.length)) {
        metric = reader.value();
      }
    }
    return metric;
  }

  static int uvarintSize(int value) {
    int n = 1;
    for (int v = value; v > 0x7f; v >>>= 7) {
      n++;
    }
    return n;
  }

  private static void uvarint(ByteArrayOutputStream out, int value) {
    int v = value;
    while (v > 0x7f) {
      out.write(v & 0x7f | 0x80);
      v >>>= 7;
    }
    out.write(v);
  }

  /// Walks canonical bytes without allocating. Reusable; owned by one thread.
  public static final class Reader {
    private byte[] bytes = {};
    private int position;
    private int end;
    private int nameOffset;
    private int nameLength;
    private int valueOffset;
    private int valueLength;

    public void reset(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      this.position = offset;
      this.end = offset + length;
    }

    /// @throws IllegalArgumentException when the bytes are not canonical
    public boolean next() {
      if (position >= end) {
        return false;
      }
      expect(0x0a);
      uvarint();
      expect(0x0a);
      nameLength = uvarint();
      nameOffset = position;
      position += nameLength;
      expect(0x12);
      valueLength = uvarint();
      valueOffset = position;
      position += valueLength;
      if (position > end) {
        throw new IllegalArgumentException("label bytes end inside a label at " + position);
      }
      return true;
    }

    public int nameOffset() {
      return nameOffset;
    }

    public int nameLength() {
      return nameLength;
    }

    public int valueOffset() {
      return valueOffset;
    }

    public int valueLength() {
      return valueLength;
    }

    public String name() {
      return new String(bytes, nameOffset, nameLength, StandardCharsets.UTF_8);
    }

    public String value() {
      return new String(bytes, valueOffset, valueLength, StandardCharsets.UTF_8);
    }

    private void expect(int tag) {
      if (position >= end || bytes[position] != tag) {
        throw new IllegalArgumentException("label bytes: no tag " + tag + " at " + position);
      }
      position++;
    }

    private int uvarint() {
      int result = 0;
      for (int shift = 0; shift < 35 && position < end; shift += 7) {
        byte b = bytes[position++];
        result |= (b & 0x7f) << shift;
        if (b >= 0) {
          return result;
        }
      }
      throw new IllegalArgumentException("label bytes: bad length at " + position);
    }
  }
}
