package io.foursight.benchmarks.load;

/// Push requests in the making, as JSON or as (not yet compressed) protobuf.
final class PushBodies {
  private PushBodies() {}

  /// Adds an entry to the entries of a stream.
  static void entry(boolean protobuf, long time, LogText line, LogText values) {
    if (!protobuf) {
      values.put(values.size() > 0 ? ",[\"" : "[\"").put(time).put("\",\"");
      values.escaped(line.bytes(), 0, line.size()).put("\"]");
      return;
    }
    long seconds = time / 1_000_000_000L;
    long nanos = time % 1_000_000_000L;
    int stamp = 2 + varintSize(seconds) + varintSize(nanos);
    values.put((char) 0x12).varint(2L + stamp + 1 + varintSize(line.size()) + line.size());
    values.put((char) 0x0a).varint(stamp);
    values.put((char) 0x08).varint(seconds).put((char) 0x10).varint(nanos);
    values.put((char) 0x12).varint(line.size()).put(line.bytes(), 0, line.size());
  }

  /// Adds a stream with its entries.
  static void stream(boolean protobuf, LogWorkload.Stream stream, LogText values, LogText body) {
    String app = stream.app();
    String pod = stream.pod();
    if (!protobuf) {
      body.put(
          body.size() > 0 ? ",{\"stream\":{\"app\":\"" : "{\"streams\":[{\"stream\":{\"app\":\"");
      body.put(app).put("\",\"pod\":\"").put(pod);
      body.put("\",\"namespace\":\"shop\",\"cluster\":\"prod-eu-west-1\"},\"values\":[");
      body.put(values.bytes(), 0, values.size()).put("]}");
      return;
    }
    String labels =
        "{app=\""
            + app
            + "\", cluster=\"prod-eu-west-1\", namespace=\"shop\", pod=\""
            + pod
            + "\"}";
    int length = 1 + varintSize(labels.length()) + labels.length() + values.size();
    body.put((char) 0x0a).varint(length).put((char) 0x0a).varint(labels.length()).put(labels);
    body.put(values.bytes(), 0, values.size());
  }

  /// Closes a request that has streams.
  static void end(boolean protobuf, LogText body) {
    if (!protobuf && body.size() > 0) {
      body.put("]}");
    }
  }

  private static int varintSize(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }
}
