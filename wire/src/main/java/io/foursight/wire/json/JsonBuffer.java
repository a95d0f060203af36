package io.foursight.wire.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes of JSON being written: either kept whole ([#JsonBuffer()], then [#toByteArray()]) or
/// handed on to a stream in pieces of about 64 KiB ([#JsonBuffer(OutputStream)], then [#flush()]).
///
/// It writes tokens, not structure: commas and brackets are the caller's ([#raw]). Texts are
/// escaped as the Go encoder behind Prometheus's API does (quote, backslash, `\n`, `\r`, `\t`,
/// other control characters as four-digit escapes; anything else as it is); a lone surrogate
/// becomes U+FFFD, so the output is always valid UTF-8. Owned by one thread. I/O errors are
/// [UncheckedIOException].
public final class JsonBuffer {
  private static final int PIECE = 1 << 16;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream sink;
  private byte[] bytes;
  private int size;

  /// Keeps everything.
  public JsonBuffer() {
    this(null, 1024);
  }

  /// Hands full pieces to `sink`; does not close it.
  public JsonBuffer(OutputStream sink) {
    this(sink, PIECE + 1024);
  }

  private JsonBuffer(OutputStream sink, int capacity) {
    this.sink = sink;
    this.bytes = new byte[capacity];
  }

  /// ASCII as it is.
  public JsonBuffer raw(String ascii) {
    int n = ascii.length();
    room(n);
    for (int i = 0; i < n; i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  public JsonBuffer raw(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  /// Encoded JSON from elsewhere.
  public JsonBuffer raw(byte[] json) {
    room(json.length);
    System.arraycopy(json, 0, bytes, size, json.length);
    size += json.length;
    return this;
  }

  /// A number without fraction.
  public JsonBuffer number(long value) {
    room(20);
    size = JsonNumbers.putLong(value, bytes, size);
    return this;
  }

  /// A sample value: a string holding the Go form of the number.
  public JsonBuffer sampleValue(double value) {
    room(JsonNumbers.MAX_DOUBLE + 2);
    bytes[size++] = '"';
    size = JsonNumbers.putDouble(value, bytes, size);
    bytes[size++] = '"';
    return this;
  }

  /// A bare number; NaN and infinities, which JSON does not know, become `null`.
  public JsonBuffer number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return raw("null");
    }
    room(JsonNumbers.MAX_DOUBLE);
    size = JsonNumbers.putDouble(value, bytes, size);
    return this;
  }

  /// A time in seconds, with exactly three decimals when it is not whole.
  public JsonBuffer timestamp(long millis) {
    room(24);
    size = JsonNumbers.putTimestamp(millis, bytes, size);
    return this;
  }

  /// A quoted, escaped string.
  public JsonBuffer text(String text) {
    int n = text.length();
    room(3 * n + 2);
    byte[] b = bytes;
    int at = size;
    b[at++] = '"';
    int i = 0;
    while (i < n) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
        break;
      }
      b[at++] = (byte) c;
      i++;
    }
    size = at;
    if (i < n) {
      escaped(text, i);
    }
    return raw('"');
  }

  /// A quoted string of UTF-8 bytes that is safe inside HTML, as the Go encoder behind Loki's API
  /// writes log lines: besides the usual escapes `<`, `>`, `&`, U+2028 and U+2029 become four-digit
  /// escapes; every byte that is not part of well-formed UTF-8 becomes U+FFFD.
  public JsonBuffer htmlText(byte[] utf8, int offset, int length) {
    raw('"');
    int end = offset + length;
    int from = offset;
    int i = offset;
    while (i < end) {
      int b = utf8[i];
      if (b >= 0x20 && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&') {
        i++;
        continue;
      }
      int size = b >= 0 ? 1 : Utf8Sequences.length(utf8, i, end);
      if (size > 1 && !lineSeparator(utf8, i, size)) {
        i += size;
        continue;
      }
      copy(utf8, from, i - from);
      room(8);
      if (size == 0) {
        raw("\\ufffd");
        size = 1;
      } else if (size > 1) {
        raw((utf8[i + 2] & 1) == 0 ? "\\u2028" : "\\u2029");
      } else if (b == '<' || b == '>' || b == '&') {
        raw("\\u00").raw((char) HEX[b >> 4]).raw((char) HEX[b & 15]);
      } else {
        ascii((char) b);
      }
      i += size;
      from = i;
    }
    copy(utf8, from, i - from);
    return raw('"');
  }

  private static boolean lineSeparator(byte[] utf8, int at, int size) {
    return size == 3
        && utf8[at] == (byte) 0xe2
        && utf8[at + 1] == (byte) 0x80
        && (utf8[at + 2] == (byte) 0xa8 || utf8[at + 2] == (byte) 0xa9);
  }

  private void copy(byte[] from, int offset, int length) {
    if (length > 0) {
      room(length);
      System.arraycopy(from, offset, bytes, size, length);
      size += length;
    }
  }

  private void escaped(String text, int from) {
    int n = text.length();
    for (int i = from; i < n; i++) {
      char c = text.charAt(i);
      room(8);
      if (c < 0x80) {
        ascii(c);
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xc0 | c >> 6);
        bytes[size++] = (byte) (0x80 | c & 0x3f);
      } else if (!Character.isSurrogate(c)) {
        three(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < n
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[size++] = (byte) (0xf0 | point >> 18);
        bytes[size++] = (byte) (0x80 | point >> 12 & 0x3f);
        bytes[size++] = (byte) (0x80 | point >> 6 & 0x3f);
        bytes[size++] = (byte) (0x80 | point & 0x3f);
      } else {
        three('\ufffd');
      }
    }
  }

  private void three(char c) {
    bytes[size++] = (byte) (0xe0 | c >> 12);
    bytes[size++] = (byte) (0x80 | c >> 6 & 0x3f);
    bytes[size++] = (byte) (0x80 | c & 0x3f);
  }

  private void ascii(char c) {
    switch (c) {
      case '"', '\\' -> pair(c);
      case '\n' -> pair('n');
      case '\r' -> pair('r');
      case '\t' -> pair('t');
      default -> {
        if (c < 0x20) {
          pair('u');
          bytes[size++] = '0';
          bytes[size++] = '0';
          bytes[size++] = HEX[c >> 4];
          bytes[size++] = HEX[c & 15];
        } else {
          bytes[size++] = (byte) c;
        }
      }
    }
  }

  private void pair(char c) {
    bytes[size++] = '\\';
    bytes[size++] = (byte) c;
  }

  private void room(int n) {
    if (size + n <= bytes.length) {
      return;
    }
    if (sink != null) {
      flush();
      if (n <= bytes.length) {
        return;
      }
    }
    bytes =
        Arrays.copyOf(
            bytes, Math.max(size + n, (int) Math.min(Integer.MAX_VALUE - 16, bytes.length * 2L)));
  }

  /// Hands what is there to the stream.
  public void flush() {
    try {
      sink.write(bytes, 0, size);
      size = 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Bytes not yet handed on.
  public int size() {
    return size;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  @Override
  public String toString() {
    var copy = new ByteArrayOutputStream(size);
    copy.write(bytes, 0, size);
    return copy.toString(StandardCharsets.UTF_8);
  }
}
