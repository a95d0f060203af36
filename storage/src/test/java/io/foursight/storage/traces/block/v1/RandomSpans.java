package io.foursight.storage.traces.block.v1;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Spans with everything that OTLP allows, and some that it does not, made with the generated
/// classes so that they share no code with the block.
final class RandomSpans {
  static final long START = 1_700_000_000_000_000_000L;
  private static final String[] KEYS = {
    "http.request.method", "http.response.status_code", "url.path", "a.b", "a_b", "mixed", "rare"
  };

  /// One span with where it comes from.
  record Sent(SpanOrigin origin, Span span) {
    long high() {
      return ByteBuffer.wrap(trace()).getLong(0);
    }

    long low() {
      return ByteBuffer.wrap(trace()).getLong(8);
    }

    private byte[] trace() {
      var id = new byte[16];
      byte[] sent = span.getTraceId().toByteArray();
      System.arraycopy(sent, 0, id, 0, Math.min(16, sent.length));
      return id;
    }
  }

  private final Random random;
  private final boolean odd;

  /// @param odd whether there are things that columns cannot hold
  RandomSpans(long seed, boolean odd) {
    random = new Random(seed);
    this.odd = odd;
  }

  /// In block order.
  List<Sent> spans(int traces, int mostSpans) {
    var origins = new ArrayList<SpanOrigin>();
    for (int i = 0; i < 6; i++) {
      origins.add(origin(i));
    }
    var all = new ArrayList<Sent>();
    for (int t = 0; t < traces; t++) {
      var id = new byte[16];
      random.nextBytes(id);
      int count = 1 + random.nextInt(mostSpans);
      for (int s = 0; s < count; s++) {
        all.add(new Sent(origins.get(random.nextInt(origins.size())), span(id)));
      }
    }
    all.sort((a, b) -> {
      int order = io.foursight.model.traces.TraceId.compare(a.high(), a.low(), b.high(), b.low());
      return order != 0
          ? order
          : Long.compare(a.span().getStartTimeUnixNano(), b.span().getStartTimeUnixNano());
    });
    return all;
  }

  private SpanOrigin origin(int number) {
    var resource =
        Resource.newBuilder()
            .addAttributes(text("service.name", "service-" + number % 4))
            .addAttributes(text("k8s.pod.name", "pod-" + number))
            .setDroppedAttributesCount(number % 2);
    for (int i = 0; i < 3; i++) {
      resource.addAttributes(attribute());
    }
    var scope =
        InstrumentationScope.newBuilder()
            .setName(number % 3 == 0 ? "" : "lib-" + number % 3)
            .setVersion("1." + number);
    if (number == 2) {
      scope.addAttributes(attribute());
    }
    return new SpanOrigin(
        resource.build().toByteArray(),
        number % 2 == 0 ? "https://schema/" + number : "",
        scope.build().toByteArray(),
        number % 3 == 0 ? "https://scope/" + number : "");
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private Span span(byte[] trace) {
    var span = Span.newBuilder().setTraceId(ByteString.copyFrom(trace)).setSpanId(bytes(8));
    if (!oneIn(4)) {
      span.setParentSpanId(oneIn(9) ? ByteString.copyFrom(new byte[8]) : bytes(8));
    }
    span.setName(oneIn(20) ? "" : "operation ä" + random.nextInt(8));
    span.setKindValue(oneIn(40) ? 77 : random.nextInt(6));
    long start = START + random.nextLong(3_600_000_000_000L);
    span.setStartTimeUnixNano(start);
    span.setEndTimeUnixNano(start + (oneIn(15) ? -5 : random.nextLong(2_000_000_000L)));
    if (oneIn(5)) {
      span.setTraceState("vendor=" + random.nextInt(3));
    }
    if (oneIn(3)) {
      span.setFlags(random.nextInt());
    }
    for (int i = random.nextInt(7); i > 0; i--) {
      span.addAttributes(attribute());
    }
    if (oneIn(6)) {
      span.setDroppedAttributesCount(random.nextInt());
      span.setDroppedEventsCount(3);
      span.setDroppedLinksCount(4);
    }
    for (int i = oneIn(3) ? random.nextInt(4) : 0; i > 0; i--) {
      var event =
          Span.Event.newBuilder()
              .setTimeUnixNano(start + random.nextInt(1000))
              .setName("event" + random.nextInt(3))
              .setDroppedAttributesCount(random.nextInt(2));
      for (int a = random.nextInt(3); a > 0; a--) {
        event.addAttributes(attribute());
      }
      span.addEvents(event);
    }
    for (int i = oneIn(4) ? random.nextInt(3) : 0; i > 0; i--) {
      var link =
          Span.Link.newBuilder()
              .setTraceId(bytes(16))
              .setSpanId(bytes(8))
              .setTraceState(oneIn(2) ? "s" : "")
              .setFlags(random.nextInt(3))
              .setDroppedAttributesCount(random.nextInt(2));
      for (int a = random.nextInt(3); a > 0; a--) {
        link.addAttributes(attribute());
      }
      span.addLinks(link);
    }
    if (!oneIn(3)) {
      span.setStatus(
          Status.newBuilder()
              .setCodeValue(random.nextInt(3))
              .setMessage(oneIn(2) ? "" : "message " + random.nextInt(4)));
    }
    if (odd && oneIn(6)) {
      switch (random.nextInt(5)) {
        case 0 -> span.setSpanId(bytes(random.nextInt(12)));
        case 1 -> span.setParentSpanId(bytes(5));
        case 2 ->
            span.setUnknownFields(
                com.google.protobuf.UnknownFieldSet.newBuilder()
                    .addField(
                        99,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                    .build());
        case 3 -> span.addLinks(Span.Link.newBuilder().setTraceId(bytes(3)));
        default -> span.addAttributes(KeyValue.newBuilder().setKey("no value"));
      }
    }
    return span.build();
  }

  private ByteString bytes(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private KeyValue attribute() {
    String key = KEYS[random.nextInt(KEYS.length - (oneIn(30) ? 0 : 1))];
    return KeyValue.newBuilder().setKey(key).setValue(value(key)).build();
  }

  private AnyValue value(String key) {
    if (oneIn(12)) {
      return any(2);
    }
    return switch (key) {
      case "http.response.status_code" ->
          AnyValue.newBuilder().setIntValue(200 + random.nextInt(4) * 100L).build();
      case "mixed" -> any(1);
      case "rare" -> AnyValue.newBuilder().setStringValue("rare " + random.nextInt(5)).build();
      default -> AnyValue.newBuilder().setStringValue("v" + random.nextInt(20)).build();
    };
  }

  private AnyValue any(int depth) {
    var value = AnyValue.newBuilder();
    switch (random.nextInt(depth > 0 ? 8 : 5)) {
      case 0 -> value.setStringValue(oneIn(4) ? "" : "text " + random.nextInt(9));
      case 1 -> value.setIntValue(oneIn(3) ? random.nextLong() : random.nextInt(5) - 2);
      case 2 -> value.setDoubleValue(oneIn(5) ? Double.NaN : random.nextInt(4) / 2.0);
      case 3 -> value.setBoolValue(random.nextBoolean());
      case 4 -> {}
      case 5 -> value.setBytesValue(bytes(random.nextInt(5)));
      case 6 -> {
        var array = ArrayValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.addValues(any(depth - 1));
        }
        value.setArrayValue(array);
      }
      default ->
          value.setKvlistValue(
              KeyValueList.newBuilder()
                  .addValues(KeyValue.newBuilder().setKey("k").setValue(any(depth - 1))));
    }
    return value.build();
  }
}
