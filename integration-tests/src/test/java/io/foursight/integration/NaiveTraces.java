package io.foursight.integration;

import com.google.protobuf.ByteString;
import io.foursight.model.traces.TraceId;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/// Spans in lists, and TraceQL over them by looking at each: obviously right, and slow. Random in
/// the hands of its maker; owned by one test.
final class NaiveTraces {
  private static final String[] SERVICES = {"s0", "s1", "s2", "s3"};

  /// @param parent the span called by which this one is; null for a root
  /// @param text attribute `a`, or null
  /// @param number attribute `n`, or null
  record Call(
      Trace trace,
      long id,
      Call parent,
      String service,
      String name,
      int kind,
      int status,
      long start,
      long nanos,
      String text,
      Long number) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(id);
    }

    long end() {
      return start + nanos;
    }

    /// Whether its parents, as far as they are stored, lead to a root.
    boolean isConnected() {
      return parent == null || trace.stored.contains(parent) && parent.isConnected();
    }

    boolean isUnder(Call other) {
      return parent != null
          && isConnected()
          && trace.stored.contains(other)
          && (parent == other || parent.isUnder(other));
    }
  }

  /// What is stored of a trace so far.
  static final class Trace {
    final TraceId id;
    final Set<Call> stored = new LinkedHashSet<>();
    final List<Call> made = new ArrayList<>();

    Trace(TraceId id) {
      this.id = id;
    }

    long start() {
      return stored.stream().mapToLong(Call::start).min().orElseThrow();
    }

    long nanos() {
      return stored.stream().mapToLong(Call::end).max().orElseThrow() - start();
    }
  }

  /// A condition on a span, as TraceQL and as Java.
  record Condition(String text, BiPredicate<Trace, Call> test) {}

  /// What a query leaves of a trace: sets of spans; none when it does not match.
  interface Stage {
    List<Set<Call>> of(Trace trace);
  }

  record Query(String text, Stage stage) {}

  final Map<TraceId, Trace> traces = new TreeMap<>();
  private final Random random;
  private long nextId = 1;

  NaiveTraces(Random random) {
    this.random = random;
  }

  // ---- data ----

  /// New traces, of which the root and some other spans count as stored.
  List<Call> generate(int count, long start, long end) {
    var fresh = new ArrayList<Call>();
    for (int i = 0; i < count; i++) {
      var trace = new Trace(new TraceId(random.nextLong(), random.nextLong()));
      traces.put(trace.id, trace);
      long at = start + random.nextLong(end - start);
      int spans = 1 + random.nextInt(9);
      long spread = random.nextInt(5) == 0 ? 3_600_000_000_000L : 300_000_000L;
      for (int s = 0; s < spans; s++) {
        Call parent = s == 0 ? null : trace.made.get(random.nextInt(s));
        trace.made.add(call(trace, parent, at + (s == 0 ? 0 : random.nextLong(spread))));
      }
      for (Call call : trace.made) {
        if (call.parent == null || random.nextInt(4) > 0) {
          trace.stored.add(call);
          fresh.add(call);
        }
      }
    }
    return fresh;
  }

  private Call call(Trace trace, Call parent, long start) {
    return new Call(
        trace,
        nextId++,
        parent,
        SERVICES[random.nextInt(SERVICES.length)],
        "op" + random.nextInt(4),
        1 + random.nextInt(5),
        random.nextInt(3),
        start,
        random.nextLong(200) * 1_000_000,
        random.nextInt(3) == 0 ? null : "v" + random.nextInt(5),
        random.nextInt(3) == 0 ? null : random.nextLong(8));
  }

  /// Spans of known traces that were not stored yet: they come late.
  List<Call> late() {
    var late = new ArrayList<Call>();
    for (Trace trace : traces.values()) {
      for (Call call : trace.made) {
        if (!trace.stored.contains(call) && random.nextBoolean()) {
          late.add(call);
        }
      }
    }
    late.forEach(call -> call.trace.stored.add(call));
    return late;
  }

  static ResourceSpans otlp(Call call) {
    var span =
        Span.newBuilder()
            .setTraceId(id(call.trace.id.high(), call.trace.id.low()))
            .setSpanId(id(call.id))
            .setName(call.name)
            .setKindValue(call.kind)
            .setStatus(Status.newBuilder().setCodeValue(call.status))
            .setStartTimeUnixNano(call.start)
            .setEndTimeUnixNano(call.end());
    if (call.parent != null) {
      span.setParentSpanId(id(call.parent.id));
    }
    if (call.text != null) {
      span.addAttributes(pair("a", AnyValue.newBuilder().setStringValue(call.text)));
    }
    if (call.number != null) {
      span.addAttributes(pair("n", AnyValue.newBuilder().setIntValue(call.number)));
    }
    return ResourceSpans.newBuilder()
        .setResource(
            Resource.newBuilder()
                .addAttributes(
                    pair("service.name", AnyValue.newBuilder().setStringValue(call.service))))
        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span))
        .build();
  }

  private static ByteString id(long... parts) {
    var bytes = ByteBuffer.allocate(8 * parts.length);
    for (long part : parts) {
      bytes.putLong(part);
    }
    return ByteString.copyFrom(bytes.array());
  }

  private static KeyValue pair(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  // ---- conditions ----

  private static Condition on(String text, BiPredicate<Trace, Call> test) {
    return new Condition(text, test);
  }

  /// One that compares a single thing.
  Condition simple() {
    String service = SERVICES[random.nextInt(SERVICES.length)];
    String value = "v" + random.nextInt(6);
    long n = random.nextInt(9);
    long millis = random.nextInt(200);
    return switch (random.nextInt(15)) {
      case 0 ->
          on("resource.service.name = \"" + service + "\"", (t, c) -> c.service.equals(service));
      case 1 ->
          on("resource.service.name != \"" + service + "\"", (t, c) -> !c.service.equals(service));
      case 2 -> on("resource.service.name =~ \"s[12]\"", (t, c) -> c.service.matches("s[12]"));
      case 3 -> on("span.a = \"" + value + "\"", (t, c) -> value.equals(c.text));
      case 4 -> on(".a != \"" + value + "\"", (t, c) -> c.text != null && !value.equals(c.text));
      case 5 -> on("span.a = nil", (t, c) -> c.text == null);
      case 6 -> on(".n != nil", (t, c) -> c.number != null);
      case 7 -> on("span.n > " + n, (t, c) -> c.number != null && c.number > n);
      case 8 -> on("span.n = " + n, (t, c) -> Objects.equals(c.number, n));
      case 9 -> on("duration >= " + millis + "ms", (t, c) -> c.nanos >= millis * 1_000_000);
      case 10 -> on("kind = server", (t, c) -> c.kind == 2);
      case 11 -> on("status = error", (t, c) -> c.status == 2);
      case 12 -> on("name = \"op" + n + "\"", (t, c) -> c.name.equals("op" + n));
      case 13 -> on("nestedSetParent < 0", (t, c) -> c.parent == null);
      default -> on("traceDuration > " + millis + "ms", (t, c) -> t.nanos() > millis * 1_000_000);
    };
  }

  private Condition condition(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return simple();
    }
    Condition a = condition(depth - 1);
    Condition b = condition(depth - 1);
    return switch (random.nextInt(5)) {
      case 0, 1 ->
          on(
              "(" + a.text + " && " + b.text + ")",
              (t, c) -> a.test.test(t, c) && b.test.test(t, c));
      case 2, 3 ->
          on(
              "(" + a.text + " || " + b.text + ")",
              (t, c) -> a.test.test(t, c) || b.test.test(t, c));
      default -> on("!(" + a.text + ")", (t, c) -> !a.test.test(t, c));
    };
  }

  // ---- queries ----

  private static Set<Call> matching(Trace trace, Condition condition) {
    return trace.stored.stream()
        .filter(call -> condition.test.test(trace, call))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static List<Set<Call>> one(Set<Call> set) {
    return set.isEmpty() ? List.of() : List.of(set);
  }

  private Query filter() {
    Condition condition = condition(random.nextInt(3));
    return new Query("{ " + condition.text + " }", trace -> one(matching(trace, condition)));
  }

  /// Two filters that are put together, by logic or by structure.
  private Query pair() {
    Condition a = condition(1);
    Condition b = condition(1);
    String operator =
        List.of("&&", "||", ">", ">>", "<", "<<", "~", "&>>", "!>>").get(random.nextInt(9));
    return new Query(
        "{ " + a.text + " } " + operator + " { " + b.text + " }",
        trace -> one(joined(operator, matching(trace, a), matching(trace, b))));
  }

  private static Set<Call> joined(String operator, Set<Call> left, Set<Call> right) {
    var both = new LinkedHashSet<>(left);
    both.addAll(right);
    return switch (operator) {
      case "&&" -> left.isEmpty() || right.isEmpty() ? Set.of() : both;
      case "||" -> both;
      case ">" -> of(right, r -> left.stream().anyMatch(l -> r.parent == l && r.isUnder(l)));
      case ">>" -> of(right, r -> left.stream().anyMatch(r::isUnder));
      case "<" -> of(right, r -> left.stream().anyMatch(l -> l.parent == r && l.isUnder(r)));
      case "<<" -> of(right, r -> left.stream().anyMatch(l -> l.isUnder(r)));
      case "~" -> of(right, r -> left.stream().anyMatch(l -> isSibling(l, r)));
      case "!>>" -> of(right, r -> left.stream().noneMatch(r::isUnder));
      default -> {
        Set<Call> below = of(right, r -> left.stream().anyMatch(r::isUnder));
        Set<Call> all = of(left, l -> right.stream().anyMatch(r -> r.isUnder(l)));
        all.addAll(below);
        yield all;
      }
    };
  }

  private static boolean isSibling(Call a, Call b) {
    return a != b && a.parent != null && a.parent == b.parent && a.isConnected() && b.isConnected();
  }

  private static Set<Call> of(Set<Call> all, java.util.function.Predicate<Call> test) {
    return all.stream().filter(test).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// A query for a search.
  Query query() {
    Query base = random.nextBoolean() ? filter() : pair();
    int n = random.nextInt(4);
    return switch (random.nextInt(5)) {
      case 0 ->
          new Query(
              base.text + " | count() > " + n,
              trace -> base.stage.of(trace).stream().filter(set -> set.size() > n).toList());
      case 1 ->
          new Query(
              base.text + " | max(span.n) >= " + n,
              trace ->
                  base.stage.of(trace).stream()
                      .filter(set -> set.stream().anyMatch(c -> c.number != null && c.number >= n))
                      .toList());
      case 2 ->
          new Query(
              base.text + " | by(resource.service.name) | count() > " + n / 2,
              trace ->
                  base.stage.of(trace).stream()
                      .flatMap(set -> byService(set).values().stream())
                      .filter(set -> set.size() > n / 2)
                      .toList());
      default -> base;
    };
  }

  private static Map<String, Set<Call>> byService(Collection<Call> calls) {
    var groups = new TreeMap<String, Set<Call>>();
    calls.forEach(c -> groups.computeIfAbsent(c.service, s -> new LinkedHashSet<>()).add(c));
    return groups;
  }

  /// A query whose spans are counted.
  Query counted() {
    return random.nextInt(3) == 0 ? pair() : filter();
  }

  /// How many spans a query leaves that start in `(from, to]`, by service.
  Map<String, Double> counts(Query query, long from, long to) {
    var counts = new TreeMap<String, Double>();
    for (Trace trace : traces.values()) {
      for (Set<Call> set : query.stage.of(trace)) {
        for (Call call : set) {
          if (call.start > from && call.start <= to) {
            counts.merge(call.service, 1.0, Double::sum);
          }
        }
      }
    }
    return counts;
  }
}
