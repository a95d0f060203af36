package io.foursight.wire.json;

/// Well-formed UTF-8 (Unicode 16, table 3-7), byte by byte.
final class Utf8Sequences {
  private Utf8Sequences() {}

  /// Length of the well-formed sequence that begins at `at`, 1 to 4; 0 when none does.
  static int length(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    if (first < 0xe0) {
      return tail(bytes, at + 1, end, 0x80, 0xbf) ? 2 : 0;
    }
    if (first < 0xf0) {
      int low = first == 0xe0 ? 0xa0 : 0x80;
      int high = first == 0xed ? 0x9f : 0xbf;
      return tail(bytes, at + 1, end, low, high) && tail(bytes, at + 2, end, 0x80, 0xbf) ? 3 : 0;
    }
    int low = first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xf4 ? 0x8f : 0xbf;
    return tail(bytes, at + 1, end, low, high)
            && tail(bytes, at + 2, end, 0x80, 0xbf)
            && tail(bytes, at + 3, end, 0x80, 0xbf)
        ? 4
        : 0;
  }

  private static boolean tail(byte[] bytes, int at, int end, int low, int high) {
    return at < end && (bytes[at] & 0xff) >= low && (bytes[at] & 0xff) <= high;
  }
}
