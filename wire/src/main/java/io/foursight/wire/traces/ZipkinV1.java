package io.foursight.wire.traces;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foursight.wire.traces.ZipkinSpan.Annotation;
import io.foursight.wire.traces.ZipkinSpan.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A span of Zipkin's v1 JSON as v2 spans. Kinds are told by core annotations (`cs`, `cr`, `sr`,
/// `ss`, `ms`, `mr`), peers by the addresses `ca`, `sa`, `ma`; a span that has both a client's and
/// a server's annotations of different services is two spans with one id.
final class ZipkinV1 {
  /// @param host whose annotation it is
  private record Note(long micros, String value, Endpoint host) {}

  private final ZipkinSpan plain = new ZipkinSpan();
  private final List<Note> notes = new ArrayList<>();
  private Endpoint clientAddress = Endpoint.NONE;
  private Endpoint serverAddress = Endpoint.NONE;
  private Endpoint messageAddress = Endpoint.NONE;
  private Endpoint someHost = Endpoint.NONE;

  private ZipkinV1() {}

  /// @param parser on the `{` of a span
  static List<ZipkinSpan> read(JsonParser parser) throws IOException {
    var v1 = new ZipkinV1();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (key) {
        case "traceId" -> v1.plain.traceId = ZipkinDecoder.text(parser, key);
        case "id" -> v1.plain.id = ZipkinDecoder.text(parser, key);
        case "parentId" -> v1.plain.parentId = ZipkinDecoder.text(parser, key);
        case "name" -> v1.plain.name = ZipkinDecoder.text(parser, key);
        case "timestamp" -> v1.plain.startMicros = ZipkinDecoder.integer(parser, key);
        case "duration" -> v1.plain.durationMicros = ZipkinDecoder.integer(parser, key);
        case "annotations", "binaryAnnotations" -> v1.list(parser, key.startsWith("b"));
        default -> parser.skipChildren();
      }
    }
    return v1.spans();
  }

  private void list(JsonParser parser, boolean binary) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw ZipkinDecoder.error(parser, "expected an array of annotations");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw ZipkinDecoder.error(parser, "expected an annotation");
      }
      annotation(parser, binary);
    }
  }

  private void annotation(JsonParser parser, boolean binary) throws IOException {
    long micros = 0;
    String name = "";
    String value = "";
    boolean address = false;
    Endpoint host = Endpoint.NONE;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (key) {
        case "timestamp" -> micros = ZipkinDecoder.integer(parser, key);
        case "key" -> name = ZipkinDecoder.text(parser, key);
        case "value" -> {
          address = token == JsonToken.VALUE_TRUE;
          value = ZipkinDecoder.text(parser, key);
        }
        case "endpoint" -> host = ZipkinDecoder.endpoint(parser);
        default -> parser.skipChildren();
      }
    }
    if (!binary) {
      notes.add(new Note(micros, value, host));
    } else if (address && name.equals("ca")) {
      clientAddress = host;
    } else if (address && name.equals("sa")) {
      serverAddress = host;
    } else if (address && name.equals("ma")) {
      messageAddress = host;
    } else {
      if (someHost.service().isEmpty()) {
        someHost = host;
      }
      if (!name.equals("lc") || !value.isEmpty()) {
        plain.tags.put(name, value);
      }
    }
  }

  private Note note(String value) {
    for (Note note : notes) {
      if (note.value().equals(value)) {
        return note;
      }
    }
    return null;
  }

  private static Note first(Note one, Note other) {
    return one != null ? one : other;
  }

  private List<ZipkinSpan> spans() {
    Note cs = note("cs");
    Note cr = note("cr");
    Note sr = note("sr");
    Note ss = note("ss");
    Note client = first(cs, cr);
    Note server = first(sr, ss);
    notes.stream()
        .filter(n -> !isCore(n.value()))
        .forEach(n -> plain.annotations.add(new Annotation(n.micros(), n.value())));
    if (client != null && server != null) {
      ZipkinSpan first = half(client.host(), serverAddress, ZipkinSpan.CLIENT, cs, cr);
      first.startMicros = plain.startMicros != 0 ? plain.startMicros : first.startMicros;
      first.durationMicros =
          plain.durationMicros != 0 ? plain.durationMicros : first.durationMicros;
      first.tags.putAll(plain.tags);
      first.annotations.addAll(plain.annotations);
      ZipkinSpan second = half(server.host(), clientAddress, ZipkinSpan.SERVER, sr, ss);
      return List.of(first, second);
    }
    Note sent = note("ms");
    Note received = note("mr");
    if (client != null) {
      return List.of(whole(client.host(), serverAddress, ZipkinSpan.CLIENT, cs, cr));
    }
    if (server != null) {
      return List.of(whole(server.host(), clientAddress, ZipkinSpan.SERVER, sr, ss));
    }
    if (sent != null) {
      return List.of(whole(sent.host(), messageAddress, ZipkinSpan.PRODUCER, sent, null));
    }
    if (received != null) {
      return List.of(whole(received.host(), messageAddress, ZipkinSpan.CONSUMER, received, null));
    }
    Endpoint host =
        notes.stream()
            .map(Note::host)
            .filter(h -> !h.service().isEmpty())
            .findFirst()
            .orElse(someHost);
    int kind =
        serverAddress != Endpoint.NONE && clientAddress == Endpoint.NONE ? ZipkinSpan.CLIENT : 0;
    return List.of(whole(host, serverAddress, kind, null, null));
  }

  private static boolean isCore(String value) {
    return switch (value) {
      case "cs", "cr", "sr", "ss", "ms", "mr" -> true;
      default -> false;
    };
  }

  private ZipkinSpan whole(Endpoint host, Endpoint remote, int kind, Note begin, Note end) {
    plain.local = host;
    plain.remote = remote;
    plain.kind = kind;
    times(plain, begin, end);
    return plain;
  }

  private ZipkinSpan half(Endpoint host, Endpoint remote, int kind, Note begin, Note end) {
    var span = new ZipkinSpan();
    span.traceId = plain.traceId;
    span.id = plain.id;
    span.parentId = plain.parentId;
    span.name = plain.name;
    span.kind = kind;
    span.local = host;
    span.remote = remote;
    times(span, begin, end);
    return span;
  }

  /// Times that the span does not have itself, from its annotations.
  private static void times(ZipkinSpan span, Note begin, Note end) {
    if (span.startMicros == 0 && begin != null) {
      span.startMicros = begin.micros();
    }
    if (span.durationMicros == 0 && begin != null && end != null) {
      span.durationMicros = Math.max(0, end.micros() - begin.micros());
    }
  }
}
