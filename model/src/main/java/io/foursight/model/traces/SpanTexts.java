package io.foursight.model.traces;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The texts that columns of a page refer to by code, UTF-8, dense from 0; not necessarily
/// distinct. A String is made when first asked for. Read by one thread.
public final class SpanTexts {
  public static final SpanTexts NONE = new SpanTexts(new byte[0], new int[] {0}, 0);

  private final byte[] bytes;
  private final int[] starts;
  private final int size;
  private final String[] texts;

  /// @param starts text `c` is `bytes[starts[c] .. starts[c + 1])`
  /// @param size how many texts
  public SpanTexts(byte[] bytes, int[] starts, int size) {
    this.bytes = bytes;
    this.starts = starts;
    this.size = size;
    this.texts = new String[size];
  }

  public int size() {
    return size;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int start(int code) {
    return starts[code];
  }

  public int length(int code) {
    return starts[code + 1] - starts[code];
  }

  public String text(int code) {
    String text = texts[code];
    if (text == null) {
      text = new String(bytes, starts[code], length(code), StandardCharsets.UTF_8);
      texts[code] = text;
    }
    return text;
  }

  /// Whether two texts, perhaps of two pages, are equal.
  public boolean equal(int code, SpanTexts other, int otherCode) {
    return Arrays.equals(
        bytes,
        starts[code],
        starts[code + 1],
        other.bytes,
        other.starts[otherCode],
        other.starts[otherCode + 1]);
  }
}
