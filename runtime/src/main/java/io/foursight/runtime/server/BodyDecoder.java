package io.foursight.runtime.server;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.BodyBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyFramedInputStream;

/// Undoes a `Content-Encoding`. A body that says its size is refused before anything is allocated;
/// others are refused as soon as they pass the bound. Stateless.
final class BodyDecoder {
  /// RFC-like start of the snappy framing format: chunk 0xff, length 6, `sNaPpY`.
  private static final byte[] SNAPPY_STREAM = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};

  /// A snappy copy element of 3 bytes gives at most 64: no block expands more.
  private static final int SNAPPY_MAX_RATIO = 22;

  private BodyDecoder() {}

  /// As [#decode(String, byte[], long)]; a Snappy block goes straight into the buffer.
  static void decode(String encoding, byte[] raw, long maxBytes, BodyBuffer into) {
    if (!encoding.equalsIgnoreCase("snappy") || isSnappyStream(raw)) {
      into.take(decode(encoding, raw, maxBytes));
      return;
    }
    int size = snappySize(raw, maxBytes);
    try {
      int written = Snappy.uncompress(raw, 0, raw.length, into.prepare(size), 0);
      into.prepare(written);
    } catch (IOException | RuntimeException e) {
      throw malformed(encoding, e);
    }
  }

  /// Several encodings, as applied by the sender and separated by commas, are undone from the last
  /// one on.
  static byte[] decode(String encoding, byte[] raw, long maxBytes) {
    int comma = encoding.lastIndexOf(',');
    if (comma < 0) {
      return decodeOne(encoding, raw, maxBytes);
    }
    if (encoding.indexOf(',') != comma) {
      throw FoursightException.badData("more than two encodings: " + printable(encoding));
    }
    byte[] outer = decodeOne(encoding.substring(comma + 1), raw, maxBytes);
    return decodeOne(encoding.substring(0, comma), outer, maxBytes);
  }

  private static byte[] decodeOne(String encoding, byte[] raw, long maxBytes) {
    try {
      return switch (encoding.trim().toLowerCase(Locale.ROOT)) {
        case "", "identity" -> bounded(raw, maxBytes);
        case "gzip", "x-gzip" ->
            drain(new GZIPInputStream(new ByteArrayInputStream(raw), 8192), raw.length, maxBytes);
        case "zlib" -> inflate(raw, false, maxBytes);
        case "deflate" -> inflate(raw, !looksLikeZlib(raw), maxBytes);
        case "snappy" ->
            isSnappyStream(raw) ? snappyFramed(raw, maxBytes) : snappyBlock(raw, maxBytes);
        case "x-snappy-framed" -> snappyFramed(raw, maxBytes);
        case "zstd" -> zstd(raw, maxBytes);
        case "lz4" -> Lz4Frame.decode(raw, maxBytes);
        default ->
            throw new FoursightException(
                ErrorKind.UNSUPPORTED_MEDIA,
                "unsupported Content-Encoding \""
                    + printable(encoding)
                    + "\"; supported are identity, gzip, zlib, deflate, snappy, x-snappy-framed,"
                    + " zstd, lz4");
      };
    } catch (IOException | RuntimeException e) {
      if (e instanceof FoursightException ours) {
        throw ours;
      }
      throw malformed(encoding, e);
    }
  }

  private static FoursightException malformed(String encoding, Exception e) {
    return new FoursightException(
        ErrorKind.BAD_DATA,
        "the body does not decode as " + printable(encoding) + ": " + e.getMessage(),
        e);
  }

  static FoursightException tooLarge(long bytes, long maxBytes) {
    return new FoursightException(
        ErrorKind.TOO_LARGE,
        "the decoded body is " + bytes + " bytes or more, the limit is " + maxBytes + " bytes");
  }

  private static byte[] bounded(byte[] raw, long maxBytes) {
    if (raw.length > maxBytes) {
      throw tooLarge(raw.length, maxBytes);
    }
    return raw;
  }

  private static byte[] inflate(byte[] raw, boolean nowrap, long maxBytes) throws IOException {
    try (var inflater = new Inflater(nowrap)) {
      var in = new InflaterInputStream(new ByteArrayInputStream(raw), inflater, 8192);
      return drain(in, raw.length, maxBytes);
    }
  }

  private static boolean looksLikeZlib(byte[] raw) {
    return raw.length >= 2
        && (raw[0] & 0x0f) == 8
        && (((raw[0] & 0xff) << 8) | (raw[1] & 0xff)) % 31 == 0;
  }

  private static boolean isSnappyStream(byte[] raw) {
    return raw.length >= SNAPPY_STREAM.length
        && Arrays.equals(raw, 0, SNAPPY_STREAM.length, SNAPPY_STREAM, 0, SNAPPY_STREAM.length);
  }

  private static byte[] snappyFramed(byte[] raw, long maxBytes) throws IOException {
    return drain(new SnappyFramedInputStream(new ByteArrayInputStream(raw)), raw.length, maxBytes);
  }

  private static byte[] snappyBlock(byte[] raw, long maxBytes) throws IOException {
    byte[] out = new byte[snappySize(raw, maxBytes)];
    int written = Snappy.uncompress(raw, 0, raw.length, out, 0);
    return written == out.length ? out : Arrays.copyOf(out, written);
  }

  /// The size that a block declares, when it may be that large and can be.
  private static int snappySize(byte[] raw, long maxBytes) {
    long declared = declaredSnappySize(raw);
    if (declared > maxBytes) {
      throw tooLarge(declared, maxBytes);
    }
    if (declared > (long) raw.length * SNAPPY_MAX_RATIO) {
      throw FoursightException.badData(
          "the body does not decode as snappy: it declares "
              + declared
              + " bytes, which "
              + raw.length
              + " bytes cannot hold");
    }
    return (int) declared;
  }

  /// The varint at the start of a block; snappy's own reader would return it as a signed int.
  private static long declaredSnappySize(byte[] raw) {
    long size = 0;
    for (int i = 0; i < 5 && i < raw.length; i++) {
      size |= (raw[i] & 0x7fL) << (7 * i);
      if (raw[i] >= 0) {
        return size;
      }
    }
    throw FoursightException.badData("the body does not decode as snappy: it has no valid length");
  }

  private static byte[] zstd(byte[] raw, long maxBytes) throws IOException {
    long declared = Zstd.getFrameContentSize(raw);
    if (declared > maxBytes) {
      throw tooLarge(declared, maxBytes);
    }
    try (var in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(raw))) {
      return drain(in, raw.length, maxBytes);
    }
  }

  /// Reads to the end, at most one byte past the bound.
  private static byte[] drain(InputStream in, int rawLength, long maxBytes) throws IOException {
    var out = new GrowingBytes((int) Math.min(maxBytes, Math.max(512, 4L * rawLength)), maxBytes);
    try (in) {
      byte[] piece = new byte[16 * 1024];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        out.append(piece, 0, n);
      }
    }
    return out.toArray();
  }

  private static String printable(String text) {
    return text.substring(0, Math.min(text.length(), 50)).replaceAll("[^\\x20-\\x7e]", "?");
  }
}
