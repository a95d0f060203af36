package io.foursight.wire.traces;

import io.foursight.model.FoursightException;
import io.foursight.model.traces.TraceId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;

/// Trace and span ids as bytes and as hex digits.
public final class TraceIds {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private TraceIds() {}

  /// Eight bytes, big-endian.
  public static long at(byte[] bytes, int offset) {
    return (long) LONGS.get(bytes, offset);
  }

  public static void put(long id, byte[] bytes, int offset) {
    LONGS.set(bytes, offset, id);
  }

  /// Bytes as lower-case hex, at most 32 of them.
  static String hex(byte[] bytes, int offset, int length) {
    String text = HexFormat.of().formatHex(bytes, offset, offset + Math.min(32, length));
    return length > 32 ? text + "..." : text;
  }

  /// 1 to 32 hex digits of either case, padded on the left.
  static Optional<TraceId> trace(String hex) {
    int n = hex.length();
    if (n == 0 || n > 32 || !isHex(hex)) {
      return Optional.empty();
    }
    int cut = Math.max(0, n - 16);
    return Optional.of(
        new TraceId(
            cut == 0 ? 0 : Long.parseUnsignedLong(hex, 0, cut, 16),
            Long.parseUnsignedLong(hex, cut, n, 16)));
  }

  /// A trace id in a path or a parameter.
  ///
  /// @throws FoursightException `BAD_DATA` unless it is 1 to 32 hex digits
  public static TraceId parse(String hex) {
    return trace(hex)
        .orElseThrow(() ->
            FoursightException.badData(
                "trace IDs can only contain hex characters, 1 to 32 of them: invalid trace ID \""
                    + (hex.length() > 100 ? hex.substring(0, 100) + "..." : hex)
                    + "\""));
  }

  static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')) {
        return false;
      }
    }
    return true;
  }
}
