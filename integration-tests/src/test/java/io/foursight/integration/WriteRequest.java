package io.foursight.integration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.xerial.snappy.Snappy;

/// Builds remote write 1.0 bodies as a sender would: protobuf by hand, then a Snappy block.
final class WriteRequest {
  static final String[] HEADERS = {
    "Content-Type", "application/x-protobuf",
    "Content-Encoding", "snappy",
    "X-Prometheus-Remote-Write-Version", "0.1.0"
  };

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// Adds one series with samples `timestamps[i], values[i]`.
  WriteRequest series(Map<String, String> labels, long[] timestamps, double[] values) {
    var series = new ByteArrayOutputStream();
    new TreeMap<>(labels)
        .forEach((name, value) -> {
          var label = new ByteArrayOutputStream();
          field(label, 0x0a, name.getBytes(StandardCharsets.UTF_8));
          field(label, 0x12, value.getBytes(StandardCharsets.UTF_8));
          field(series, 0x0a, label.toByteArray());
        });
    for (int i = 0; i < timestamps.length; i++) {
      var sample = new ByteArrayOutputStream();
      sample.write(0x09);
      long bits = Double.doubleToRawLongBits(values[i]);
      for (int shift = 0; shift < 64; shift += 8) {
        sample.write((int) (bits >>> shift));
      }
      sample.write(0x10);
      varint(sample, timestamps[i]);
      field(series, 0x12, sample.toByteArray());
    }
    field(out, 0x0a, series.toByteArray());
    return this;
  }

  WriteRequest sample(Map<String, String> labels, long timestamp, double value) {
    return series(labels, new long[] {timestamp}, new double[] {value});
  }

  byte[] protobuf() {
    return out.toByteArray();
  }

  byte[] snappy() throws IOException {
    return Snappy.compress(out.toByteArray());
  }

  private static void field(ByteArrayOutputStream to, int tag, byte[] bytes) {
    to.write(tag);
    varint(to, bytes.length);
    to.writeBytes(bytes);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long v = value;
    while ((v & ~0x7fL) != 0) {
      to.write((int) (v & 0x7f | 0x80));
      v >>>= 7;
    }
    to.write((int) v);
  }
}
