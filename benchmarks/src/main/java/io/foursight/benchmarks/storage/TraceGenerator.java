package io.foursight.benchmarks.storage;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Traces of a made-up shop: a graph of services whose operations call each other, databases and a
/// queue, with OpenTelemetry's semantic attributes, some three pods a service, errors in about one
/// trace of fifty with exception events, durations with long tails, and identifiers that never come
/// again. The same seed gives the same traces. Owned by one thread.
public final class TraceGenerator {
  private static final String[] SERVICES = {
    "frontend", "cart", "checkout", "payment", "shipping", "catalog", "currency", "email",
    "recommendation", "ads", "accounting", "fraud", "quote", "inventory", "search", "profile"
  };
  private static final int PODS = 3;
  private static final int MAX_DEPTH = 6;
  private static final int MAX_SPANS = 400;

  /// A span and the number of its origin.
  public record Generated(int origin, Span span) {}

  private final Random random;
  private final List<Resource> resources = new ArrayList<>();
  private final InstrumentationScope scope =
      InstrumentationScope.newBuilder()
          .setName("io.opentelemetry.auto")
          .setVersion("2.21.0")
          .build();

  public TraceGenerator(long seed) {
    random = new Random(seed);
    for (int s = 0; s < SERVICES.length; s++) {
      for (int p = 0; p < PODS; p++) {
        resources.add(resource(SERVICES[s], p));
      }
    }
  }

  private Resource resource(String service, int pod) {
    String hash = Long.toString(random.nextLong() & 0xffffffffL, 36);
    return Resource.newBuilder()
        .addAttributes(text("service.name", service))
        .addAttributes(text("service.namespace", "shop"))
        .addAttributes(text("service.version", "1." + service.length() + ".0"))
        .addAttributes(text("service.instance.id", service + "-" + hash + "-" + pod))
        .addAttributes(text("k8s.cluster.name", "eu-1"))
        .addAttributes(text("k8s.namespace.name", "shop"))
        .addAttributes(text("k8s.pod.name", service + "-" + hash + "-" + pod))
        .addAttributes(text("k8s.node.name", "node-" + random.nextInt(12)))
        .addAttributes(text("host.arch", "amd64"))
        .addAttributes(text("telemetry.sdk.language", "java"))
        .addAttributes(text("telemetry.sdk.version", "1.68.0"))
        .addAttributes(number("process.pid", 1 + random.nextInt(40)))
        .build();
  }

  /// By origin number.
  public List<Resource> resources() {
    return List.copyOf(resources);
  }

  public InstrumentationScope scope() {
    return scope;
  }

  /// One trace, its root first.
  public List<Generated> trace(long startNanos) {
    var spans = new ArrayList<Generated>();
    boolean failing = random.nextInt(50) == 0;
    call(spans, bytes(16), ByteString.EMPTY, 0, startNanos, 0, failing);
    return spans;
  }

  /// A server span of a service, with what it calls.
  ///
  /// @return when it ended
  private long call(
      List<Generated> spans,
      ByteString trace,
      ByteString parent,
      int service,
      long start,
      int depth,
      boolean failing) {
    int origin = service * PODS + random.nextInt(PODS);
    ByteString id = bytes(8);
    int at = spans.size();
    spans.add(null);
    long now = start + 20_000 + random.nextInt(200_000);
    int operation = random.nextInt(6);
    int calls = depth == 0 ? 2 + random.nextInt(4) : random.nextInt(4);
    for (int c = 0; c < calls && depth < MAX_DEPTH && spans.size() < MAX_SPANS; c++) {
      if (random.nextInt(3) == 0) {
        now = database(spans, trace, id, origin, service, operation, now);
        continue;
      }
      int callee = (service * 5 + c * 3 + operation) % (SERVICES.length - 1) + 1;
      ByteString clientId = bytes(8);
      int client = spans.size();
      spans.add(null);
      long end = call(spans, trace, clientId, callee, now + 100_000, depth + 1, failing && c == 0);
      spans.set(
          client,
          new Generated(origin, client(trace, clientId, id, callee, operation, now, end + 80_000)));
      now = end + 100_000;
    }
    long work = (long) (Math.exp(random.nextGaussian() * 1.2) * 800_000);
    long end = now + work;
    spans.set(
        at,
        new Generated(origin, server(trace, id, parent, service, operation, start, end, failing)));
    return end;
  }

  private Span.Builder span(
      ByteString trace, ByteString id, ByteString parent, long start, long end) {
    return Span.newBuilder()
        .setTraceId(trace)
        .setSpanId(id)
        .setParentSpanId(parent)
        .setStartTimeUnixNano(start)
        .setEndTimeUnixNano(end)
        .setFlags(257);
  }

  private Span server(
      ByteString trace,
      ByteString id,
      ByteString parent,
      int service,
      int operation,
      long start,
      long end,
      boolean failing) {
    String method = operation % 3 == 0 ? "POST" : "GET";
    String route = "/api/" + SERVICES[service] + "/{id}/op" + operation;
    var span =
        span(trace, id, parent, start, end)
            .setName(method + " " + route)
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .addAttributes(text("http.request.method", method))
            .addAttributes(text("url.scheme", "http"))
            .addAttributes(text("http.route", route))
            .addAttributes(
                text(
                    "url.path",
                    "/api/"
                        + SERVICES[service]
                        + "/"
                        + random.nextInt(100_000)
                        + "/op"
                        + operation))
            .addAttributes(text("server.address", SERVICES[service]))
            .addAttributes(number("server.port", 8080))
            .addAttributes(
                text("client.address", "10.1." + random.nextInt(4) + "." + random.nextInt(250)))
            .addAttributes(text("user_agent.original", "Mozilla/5.0 (" + random.nextInt(12) + ")"))
            .addAttributes(text("network.protocol.version", "1.1"))
            .addAttributes(number("http.response.status_code", failing ? 500 : 200))
            .addAttributes(number("thread.id", 20 + random.nextInt(60)))
            .addAttributes(text("thread.name", "http-nio-8080-exec-" + random.nextInt(60)));
    if (parent.isEmpty()) {
      span.addAttributes(text("enduser.id", "user-" + random.nextInt(50_000)));
    }
    if (failing) {
      span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR))
          .addAttributes(text("error.type", "500"))
          .addEvents(
              Span.Event.newBuilder()
                  .setName("exception")
                  .setTimeUnixNano(end - 1000)
                  .addAttributes(text("exception.type", "java.lang.IllegalStateException"))
                  .addAttributes(text("exception.message", "no item " + random.nextInt(100_000)))
                  .addAttributes(
                      text("exception.stacktrace", "at shop.Cart.add(Cart.java:42)\n".repeat(20))));
    }
    return span.build();
  }

  private Span client(
      ByteString trace,
      ByteString id,
      ByteString parent,
      int callee,
      int operation,
      long start,
      long end) {
    return span(trace, id, parent, start, end)
        .setName("shop." + SERVICES[callee] + "/Op" + operation)
        .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
        .addAttributes(text("rpc.system", "grpc"))
        .addAttributes(text("rpc.service", "shop." + SERVICES[callee]))
        .addAttributes(text("rpc.method", "Op" + operation))
        .addAttributes(number("rpc.grpc.status_code", 0))
        .addAttributes(text("server.address", SERVICES[callee]))
        .addAttributes(number("server.port", 8080))
        .addAttributes(number("thread.id", 20 + random.nextInt(60)))
        .build();
  }

  private long database(
      List<Generated> spans,
      ByteString trace,
      ByteString parent,
      int origin,
      int service,
      int operation,
      long start) {
    long end = start + 200_000 + (long) (Math.exp(random.nextGaussian() * 1.5) * 300_000);
    spans.add(
        new Generated(
            origin,
            span(trace, bytes(8), parent, start, end)
                .setName("SELECT shop." + SERVICES[service])
                .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
                .addAttributes(text("db.system.name", "postgresql"))
                .addAttributes(text("db.namespace", "shop"))
                .addAttributes(text("db.operation.name", "SELECT"))
                .addAttributes(
                    text(
                        "db.query.text",
                        "SELECT * FROM " + SERVICES[service] + " WHERE op" + operation + " = ?"))
                .addAttributes(text("server.address", "db-" + service % 3))
                .addAttributes(number("server.port", 5432))
                .addAttributes(number("db.response.returned_rows", random.nextInt(30)))
                .build()));
    return end;
  }

  private ByteString bytes(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue number(String key, long value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }
}
