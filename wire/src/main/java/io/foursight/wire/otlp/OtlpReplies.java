package io.foursight.wire.otlp;

import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;

/// The bodies of OTLP answers, protobuf or JSON as the request was.
public final class OtlpReplies {
  /// `google.rpc.Code` values that are used.
  public static final int INVALID_ARGUMENT = 3;

  public static final int RESOURCE_EXHAUSTED = 8;
  public static final int UNIMPLEMENTED = 12;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;
  public static final int UNAUTHENTICATED = 16;

  private static final byte[] RETRY_INFO_TYPE =
      "type.googleapis.com/google.rpc.RetryInfo".getBytes(StandardCharsets.US_ASCII);

  private OtlpReplies() {}

  /// An `Export*ServiceResponse` of any signal; `rejected` is the field of the same number in all.
  ///
  /// @param jsonCountName the count's JSON name: `rejectedDataPoints`, ...
  /// @param rejected 0 with an empty message: no partial success at all
  public static byte[] exported(boolean json, String jsonCountName, long rejected, String message) {
    boolean whole = rejected == 0 && message.isEmpty();
    if (!json) {
      var out = new ProtoWriter(64);
      if (!whole) {
        int m = out.begin(1);
        out.varint(1, rejected);
        out.string(2, message);
        out.end(m);
      }
      return out.toByteArray();
    }
    var out = new StringBuilder("{");
    if (!whole) {
      out.append("\"partialSuccess\":{");
      if (rejected != 0) {
        out.append('"').append(jsonCountName).append("\":\"").append(rejected).append("\",");
      }
      out.append("\"errorMessage\":");
      OtlpValues.quote(message, out);
      out.append('}');
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /// A `google.rpc.Status`.
  public static byte[] status(boolean json, int code, String message) {
    if (!json) {
      return status(code, message, 0);
    }
    var out = new StringBuilder("{\"code\":").append(code).append(",\"message\":");
    OtlpValues.quote(message, out);
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  /// A `google.rpc.Status` in protobuf, with a `RetryInfo` when `retrySeconds` is positive: OTLP
  /// clients retry `RESOURCE_EXHAUSTED` only with one.
  public static byte[] status(int code, String message, int retrySeconds) {
    var out = new ProtoWriter(128);
    out.varint(1, code);
    out.string(2, message);
    if (retrySeconds > 0) {
      int any = out.begin(3);
      out.bytes(1, RETRY_INFO_TYPE);
      int value = out.begin(2);
      int duration = out.begin(1);
      out.varint(1, retrySeconds);
      out.end(duration);
      out.end(value);
      out.end(any);
    }
    return out.toByteArray();
  }
}
