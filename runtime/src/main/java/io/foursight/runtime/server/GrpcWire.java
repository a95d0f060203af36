package io.foursight.runtime.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpObject;
import io.foursight.model.FoursightException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/// How gRPC's frames travel: as they are with trailers of HTTP/2, or as
/// [gRPC-Web](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md), where the trailers are
/// a last frame (`| 0x80 | length u32 | name: value\r\n ... |`) and, as text, everything is in
/// base64.
enum GrpcWire {
  GRPC("application/grpc+proto"),
  WEB("application/grpc-web+proto"),
  WEB_TEXT("application/grpc-web-text+proto");

  private static final byte TRAILERS = (byte) 0x80;

  private final String contentType;

  GrpcWire(String contentType) {
    this.contentType = contentType;
  }

  static GrpcWire of(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    if (type.startsWith("application/grpc-web-text")) {
      return WEB_TEXT;
    }
    return type.startsWith("application/grpc-web") ? WEB : GRPC;
  }

  String contentType() {
    return contentType;
  }

  /// The frames of a request's body.
  byte[] decoded(byte[] body) {
    if (this != WEB_TEXT) {
      return body;
    }
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw FoursightException.badData("the body is not base64: " + e.getMessage());
    }
  }

  byte[] encoded(byte[] frame) {
    return this == WEB_TEXT ? Base64.getEncoder().encode(frame) : frame;
  }

  /// What ends a reply.
  HttpObject trailers(HttpHeaders trailers) {
    if (this == GRPC) {
      return trailers;
    }
    var text = new ByteArrayOutputStream();
    trailers.forEach((name, value) ->
        text.writeBytes((name + ": " + value + "\r\n").getBytes(StandardCharsets.UTF_8)));
    byte[] frame =
        ByteBuffer.allocate(5 + text.size())
            .put(TRAILERS)
            .putInt(text.size())
            .put(text.toByteArray())
            .array();
    return HttpData.wrap(encoded(frame));
  }
}
