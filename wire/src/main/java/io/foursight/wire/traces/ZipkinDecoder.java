package io.foursight.wire.traces;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.foursight.model.FoursightException;
import io.foursight.model.traces.TracesBatch;
import io.foursight.wire.protobuf.ProtoReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Reads Zipkin's spans, v2 as JSON or protobuf and v1 as JSON, into a [TracesBatch] of OTLP spans.
///
/// Reusable; owned by one thread. Errors: `BAD_DATA` for bytes that are no such message; a span
/// that is not valid in itself is refused alone. [Zipkin
/// API](https://zipkin.io/zipkin-api/zipkin2-api.yaml)
public final class ZipkinDecoder {
  private static final int MAX_DEPTH = 64;
  private static final int BYTES_1 = ProtoReader.tagOf(1, ProtoReader.BYTES);
  private static final int BYTES_2 = ProtoReader.tagOf(2, ProtoReader.BYTES);
  private static final int BYTES_3 = ProtoReader.tagOf(3, ProtoReader.BYTES);
  private static final int INT_4 = ProtoReader.tagOf(4, ProtoReader.VARINT);
  private static final int FIXED_1 = ProtoReader.tagOf(1, ProtoReader.FIXED64);

  private final JsonFactory factory =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();
  private final OtlpSpanWriter out = new OtlpSpanWriter();

  /// A JSON array of spans.
  public void json(byte[] body, int length, TracesBatch into, SpanRefusals refused) {
    array(body, length, into, parser -> List.of(spanV2(parser)), refused);
  }

  /// A JSON array of spans as they were before version 2.
  public void jsonV1(byte[] body, int length, TracesBatch into, SpanRefusals refused) {
    array(body, length, into, parser -> ZipkinV1.read(parser), refused);
  }

  /// Reads one span from a parser that stands on its `{`.
  @FunctionalInterface
  interface SpanReader {
    List<ZipkinSpan> read(JsonParser parser) throws IOException;
  }

  private void array(
      byte[] body, int length, TracesBatch into, SpanReader reader, SpanRefusals refused) {
    out.begin(into);
    var mapping = new ZipkinMapping(out, refused);
    try (JsonParser parser = factory.createParser(body, 0, length)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw error(parser, "expected an array of spans");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw error(parser, "expected a span");
        }
        reader.read(parser).forEach(mapping::add);
      }
      if (parser.nextToken() != null) {
        throw error(parser, "unexpected content behind the spans");
      }
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private static FoursightException malformed(IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return FoursightException.badData(
        "malformed Zipkin JSON: " + message.lines().findFirst().orElse(""));
  }

  static FoursightException error(JsonParser parser, String what) {
    var at = parser.currentTokenLocation();
    return FoursightException.badData(
        "malformed Zipkin JSON at line "
            + at.getLineNr()
            + ", column "
            + at.getColumnNr()
            + ": "
            + what);
  }

  private static ZipkinSpan spanV2(JsonParser parser) throws IOException {
    var span = new ZipkinSpan();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (key) {
        case "traceId" -> span.traceId = text(parser, key);
        case "id" -> span.id = text(parser, key);
        case "parentId" -> span.parentId = text(parser, key);
        case "name" -> span.name = text(parser, key);
        case "kind" -> span.kind = ZipkinSpan.kind(text(parser, key));
        case "timestamp" -> span.startMicros = integer(parser, key);
        case "duration" -> span.durationMicros = integer(parser, key);
        case "localEndpoint" -> span.local = endpoint(parser);
        case "remoteEndpoint" -> span.remote = endpoint(parser);
        case "annotations" -> annotations(parser, span);
        case "tags" -> tags(parser, span);
        default -> parser.skipChildren();
      }
    }
    return span;
  }

  static ZipkinSpan.Endpoint endpoint(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw error(parser, "expected an endpoint");
    }
    String service = "";
    String ipv4 = "";
    String ipv6 = "";
    long port = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (key) {
        case "serviceName" -> service = text(parser, key);
        case "ipv4" -> ipv4 = text(parser, key);
        case "ipv6" -> ipv6 = text(parser, key);
        case "port" -> port = integer(parser, key);
        default -> parser.skipChildren();
      }
    }
    return new ZipkinSpan.Endpoint(
        service, ipv4.isEmpty() ? ipv6 : ipv4, port > 0 && port <= 0xffff ? (int) port : 0);
  }

  private static void annotations(JsonParser parser, ZipkinSpan span) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw error(parser, "expected an array of annotations");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw error(parser, "expected an annotation");
      }
      long micros = 0;
      String value = "";
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_NULL) {
          continue;
        }
        switch (key) {
          case "timestamp" -> micros = integer(parser, key);
          case "value" -> value = text(parser, key);
          default -> parser.skipChildren();
        }
      }
      span.annotations.add(new ZipkinSpan.Annotation(micros, value));
    }
  }

  private static void tags(JsonParser parser, ZipkinSpan span) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw error(parser, "expected an object of tags");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
        span.tags.put(key, parser.getText());
      } else {
        parser.skipChildren();
      }
    }
  }

  static String text(JsonParser parser, String key) throws IOException {
    if (!parser.currentToken().isScalarValue()) {
      throw error(parser, "expected a string for \"" + key + "\"");
    }
    return parser.getText();
  }

  static long integer(JsonParser parser, String key) throws IOException {
    try {
      return switch (parser.currentToken()) {
        case VALUE_NUMBER_INT -> parser.getLongValue();
        case VALUE_NUMBER_FLOAT -> (long) parser.getDoubleValue();
        case VALUE_STRING -> Long.parseLong(parser.getText());
        default -> throw error(parser, "expected a number for \"" + key + "\"");
      };
    } catch (NumberFormatException e) {
      throw error(parser, "expected a number for \"" + key + "\"");
    }
  }

  /// A `zipkin.proto3.ListOfSpans`.
  public void protobuf(byte[] body, int length, TracesBatch into, SpanRefusals refused) {
    out.begin(into);
    var mapping = new ZipkinMapping(out, refused);
    var in = new ProtoReader();
    in.reset(body, 0, length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        int outer = in.enter();
        mapping.add(span(in));
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private static ZipkinSpan span(ProtoReader in) {
    var span = new ZipkinSpan();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> span.traceId = hex(in);
        case 2 << 3 | ProtoReader.BYTES -> span.parentId = hex(in);
        case 3 << 3 | ProtoReader.BYTES -> span.id = hex(in);
        case 4 << 3 | ProtoReader.VARINT ->
            span.kind =
                switch (in.varint32()) {
                  case 1 -> ZipkinSpan.CLIENT;
                  case 2 -> ZipkinSpan.SERVER;
                  case 3 -> ZipkinSpan.PRODUCER;
                  case 4 -> ZipkinSpan.CONSUMER;
                  default -> 0;
                };
        case 5 << 3 | ProtoReader.BYTES -> span.name = in.string();
        case 6 << 3 | ProtoReader.FIXED64 -> span.startMicros = in.fixed64();
        case 7 << 3 | ProtoReader.VARINT -> span.durationMicros = in.varint();
        case 8 << 3 | ProtoReader.BYTES -> span.local = endpoint(in);
        case 9 << 3 | ProtoReader.BYTES -> span.remote = endpoint(in);
        case 10 << 3 | ProtoReader.BYTES -> span.annotations.add(annotation(in));
        case 11 << 3 | ProtoReader.BYTES -> tag(in, span);
        default -> in.skip(tag);
      }
    }
    return span;
  }

  private static String hex(ProtoReader in) {
    byte[] id = in.bytes();
    return TraceIds.hex(id, 0, id.length);
  }

  private static ZipkinSpan.Endpoint endpoint(ProtoReader in) {
    String service = "";
    byte[] ip = {};
    int port = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        service = in.string();
      } else if (tag == BYTES_2 || (tag == BYTES_3 && ip.length == 0)) {
        ip = in.bytes();
      } else if (tag == INT_4) {
        port = in.varint32();
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
    return new ZipkinSpan.Endpoint(service, ip(ip), port > 0 && port <= 0xffff ? port : 0);
  }

  private static String ip(byte[] bytes) {
    try {
      return bytes.length == 4 || bytes.length == 16
          ? InetAddress.getByAddress(bytes).getHostAddress()
          : "";
    } catch (UnknownHostException e) {
      return "";
    }
  }

  private static ZipkinSpan.Annotation annotation(ProtoReader in) {
    long micros = 0;
    String value = "";
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == FIXED_1) {
        micros = in.fixed64();
      } else if (tag == BYTES_2) {
        value = in.string();
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
    return new ZipkinSpan.Annotation(micros, value);
  }

  private static void tag(ProtoReader in, ZipkinSpan span) {
    String key = "";
    String value = "";
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_1) {
        key = in.string();
      } else if (tag == BYTES_2) {
        value = in.string();
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
    span.tags.put(key, value);
  }
}
