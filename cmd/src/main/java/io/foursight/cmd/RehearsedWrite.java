package io.foursight.cmd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// A remote write 1.0 request of single samples, in Snappy that only copies.
final class RehearsedWrite {
  private static final int LITERAL = 1 << 16;

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /// @param labels `name, value, ...`, ascending by name
  void sample(long timeMillis, double value, String... labels) {
    var series = new ByteArrayOutputStream();
    for (int i = 0; i < labels.length; i += 2) {
      var label = new ByteArrayOutputStream();
      field(label, 1, labels[i].getBytes(StandardCharsets.UTF_8));
      field(label, 2, labels[i + 1].getBytes(StandardCharsets.UTF_8));
      field(series, 1, label.toByteArray());
    }
    var sample = new ByteArrayOutputStream();
    sample.write(1 << 3 | 1);
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < 64; shift += 8) {
      sample.write((int) (bits >>> shift));
    }
    sample.write(2 << 3);
    varint(sample, timeMillis);
    field(series, 2, sample.toByteArray());
    field(body, 1, series.toByteArray());
  }

  byte[] snappy() {
    byte[] plain = body.toByteArray();
    var out = new ByteArrayOutputStream();
    varint(out, plain.length);
    for (int at = 0; at < plain.length; at += LITERAL) {
      int n = Math.min(LITERAL, plain.length - at);
      // A literal whose length follows in two bytes.
      out.write(61 << 2);
      out.write(n - 1);
      out.write(n - 1 >>> 8);
      out.write(plain, at, n);
    }
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream into, int number, byte[] bytes) {
    into.write(number << 3 | 2);
    varint(into, bytes.length);
    into.writeBytes(bytes);
  }

  private static void varint(ByteArrayOutputStream into, long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      into.write((int) (rest & 0x7f | 0x80));
    }
    into.write((int) rest);
  }
}
