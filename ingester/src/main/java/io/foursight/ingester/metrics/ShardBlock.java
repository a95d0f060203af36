package io.foursight.ingester.metrics;

/// The head of a packed block in a shard's chunk arena.
///
/// ```
/// block   previous i32, first time i32, head u8 (n - 1 | 0x10 histogram | 0x20 start), [start i64], packed row or histogram
/// ```
///
/// Big-endian; `previous` is the address of the series' block before this one, 0 = none; `n`
/// floats, or one histogram.
final class ShardBlock {
  static final int HISTOGRAM = 0x10;
  static final int START = 0x20;
  private static final int FIRST_TIME = 4;
  private static final int HEAD = 8;
  private static final int START_TIME = 9;
  private static final int PLAIN_BYTES = 9;

  private ShardBlock() {}

  /// Bytes in front of the payload.
  static int headBytes(long start) {
    return start == 0 ? PLAIN_BYTES : PLAIN_BYTES + 8;
  }

  static void write(byte[] page, int p, int previous, int firstTime, int head, long start) {
    putInt(page, p, previous);
    putInt(page, p + FIRST_TIME, firstTime);
    page[p + HEAD] = (byte) (head | (start == 0 ? 0 : START));
    if (start != 0) {
      putInt(page, p + START_TIME, (int) (start >>> 32));
      putInt(page, p + START_TIME + 4, (int) start);
    }
  }

  static int previous(byte[] page, int p) {
    return intAt(page, p);
  }

  static int firstTime(byte[] page, int p) {
    return intAt(page, p + FIRST_TIME);
  }

  static boolean isHistogram(byte[] page, int p) {
    return (page[p + HEAD] & HISTOGRAM) != 0;
  }

  /// Samples of a block of floats.
  static int size(byte[] page, int p) {
    return (page[p + HEAD] & 0xf) + 1;
  }

  static long start(byte[] page, int p) {
    return (page[p + HEAD] & START) == 0
        ? 0
        : (long) intAt(page, p + START_TIME) << 32
            | intAt(page, p + START_TIME + 4) & HeadShard.LOW;
  }

  static int payload(byte[] page, int p) {
    return (page[p + HEAD] & START) == 0 ? p + PLAIN_BYTES : p + PLAIN_BYTES + 8;
  }

  private static int intAt(byte[] page, int p) {
    return (page[p] & 0xff) << 24
        | (page[p + 1] & 0xff) << 16
        | (page[p + 2] & 0xff) << 8
        | page[p + 3] & 0xff;
  }

  private static void putInt(byte[] page, int p, int v) {
    page[p] = (byte) (v >>> 24);
    page[p + 1] = (byte) (v >>> 16);
    page[p + 2] = (byte) (v >>> 8);
    page[p + 3] = (byte) v;
  }
}
