package io.foursight.storage.traces.block.v1;

/// Whether bytes are well-formed UTF-8, as Parquet's STRING must be. Stateless.
final class Utf8 {
  private Utf8() {}

  static boolean isValid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int b = bytes[i++];
      if (b >= 0) {
        continue;
      }
      int lead = b & 0xff;
      int more = lead >= 0xc2 && lead <= 0xdf ? 1 : (lead & 0xf0) == 0xe0 ? 2 : 3;
      if (lead < 0xc2 || lead > 0xf4 || end - i < more) {
        return false;
      }
      int second = bytes[i] & 0xff;
      boolean bad =
          lead == 0xe0 && second < 0xa0
              || lead == 0xed && second > 0x9f
              || lead == 0xf0 && second < 0x90
              || lead == 0xf4 && second > 0x8f;
      for (int k = 0; k < more; k++) {
        bad |= (bytes[i + k] & 0xc0) != 0x80;
      }
      if (bad) {
        return false;
      }
      i += more;
    }
    return true;
  }
}
