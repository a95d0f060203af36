package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Small traces with everything that may go wrong with them: orphans, cycles, several roots, span
/// ids used twice and thrice, values of mixed types, arrays, spans that end before they start.
final class RandomTraces {
  private static final String[] SERVICES = {"cart", "shop", "db"};
  private static final String[] NAMES = {"GET", "PUT", "query", ""};

  private final Random random;

  RandomTraces(Random random) {
    this.random = random;
  }

  List<MemorySpan> trace(long id) {
    var spans = new ArrayList<MemorySpan>();
    int count = 1 + random.nextInt(10);
    boolean tidy = random.nextInt(3) > 0;
    for (int i = 1; i <= count; i++) {
      long spanId = tidy ? i : 1 + random.nextInt(count + 1);
      long parent = tidy ? (i == 1 ? 0 : 1 + random.nextInt(i - 1)) : random.nextInt(count + 3);
      spans.add(span(new TraceId(id % 3, id), spanId, parent, i));
    }
    return spans;
  }

  private MemorySpan span(TraceId trace, long id, long parent, int unique) {
    // Starts differ within a trace, so that the order of spans is told by them.
    long start = 1_000_000L * (1 + random.nextInt(100)) + unique;
    var resource = attributes();
    resource.put("service.name", new SpanValue.Text(pick(SERVICES)));
    var events = new ArrayList<MemorySpan.Event>();
    while (random.nextInt(3) == 0) {
      events.add(new MemorySpan.Event(pick(NAMES), random.nextInt(5), attributes()));
    }
    var links = new ArrayList<MemorySpan.Link>();
    if (random.nextInt(5) == 0) {
      links.add(new MemorySpan.Link(trace, id, attributes()));
    }
    return new MemorySpan(
        trace,
        id,
        parent,
        pick(NAMES),
        random.nextInt(6),
        random.nextInt(3),
        random.nextBoolean() ? "" : "failed",
        start,
        start + random.nextInt(5_000) - 500,
        attributes(),
        resource,
        random.nextBoolean() ? "" : "lib",
        "",
        attributes(),
        events,
        links);
  }

  private Map<String, SpanValue> attributes() {
    var out = new HashMap<String, SpanValue>();
    for (String name : List.of("a", "b", "n")) {
      if (random.nextBoolean()) {
        out.put(name, name.equals("n") ? scalar() : value());
      }
    }
    return out;
  }

  private SpanValue value() {
    if (random.nextInt(4) > 0) {
      return scalar();
    }
    var elements = new ArrayList<SpanValue>();
    int kind = random.nextInt(5);
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(kind == 4 ? scalar() : scalar(kind));
    }
    return new SpanValue.Many(elements);
  }

  private SpanValue scalar() {
    return scalar(random.nextInt(4));
  }

  private SpanValue scalar(int kind) {
    return switch (kind) {
      case 0 -> new SpanValue.Text(random.nextBoolean() ? "x" : "y");
      case 1 -> new SpanValue.Int(random.nextInt(5));
      case 2 -> new SpanValue.Decimal(random.nextInt(9) / 2.0);
      default -> new SpanValue.Bool(random.nextBoolean());
    };
  }

  private String pick(String[] texts) {
    return texts[random.nextInt(texts.length)];
  }
}
