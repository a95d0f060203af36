package io.foursight.runtime.server;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/// gRPC's length-prefixed messages: `| compressed u8 | length u32 big-endian | message |`.
final class GrpcFrames {
  private static final int HEADER_BYTES = 5;

  private GrpcFrames() {}

  /// The only message of a unary or server-streaming request, decompressed.
  ///
  /// @param encoding the request's `grpc-encoding`
  static byte[] single(byte[] body, String encoding, long maxBytes) {
    if (body.length < HEADER_BYTES) {
      throw FoursightException.badData("the request holds no message");
    }
    int length = ByteBuffer.wrap(body, 1, 4).getInt();
    if (length < 0 || length != body.length - HEADER_BYTES) {
      throw FoursightException.badData(
          "the message says " + length + " bytes, the body has " + (body.length - HEADER_BYTES));
    }
    byte[] message = Arrays.copyOfRange(body, HEADER_BYTES, body.length);
    if (body[0] == 0) {
      return message;
    }
    if (!encoding.equals("gzip")) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED, "grpc-encoding \"" + encoding + "\" is not supported; gzip is");
    }
    return BodyDecoder.decode("gzip", message, maxBytes);
  }

  static byte[] frame(InputStream message, boolean gzip) throws IOException {
    byte[] plain = message.readAllBytes();
    byte[] bytes = plain;
    if (gzip) {
      var out = new ByteArrayOutputStream(plain.length / 3 + 32);
      try (var packed = new GZIPOutputStream(out)) {
        packed.write(plain);
      }
      bytes = out.toByteArray();
    }
    return ByteBuffer.allocate(HEADER_BYTES + bytes.length)
        .put((byte) (gzip ? 1 : 0))
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }
}
