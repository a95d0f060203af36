package io.foursight.integration;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/// Seeded log entries, and LogQL over them evaluated in the plainest way: every window looks at
/// every entry. Queries are made as text together with what they mean.
final class NaiveLogs {
  /// @param fields what a parser finds in the line
  record Entry(
      Map<String, String> stream,
      long nanos,
      String line,
      Map<String, String> metadata,
      Map<String, String> fields) {}

  /// A log query: its text, which entries it shows.
  record LogQuery(String text, Predicate<Entry> shows) {}

  /// A metric query without its range: `head` + `[range]` + `tail`.
  ///
  /// @param labels the series of an entry
  /// @param reduce the value of a window that is not empty
  record MetricQuery(
      String head,
      String tail,
      Predicate<Entry> counts,
      ToDoubleFunction<Entry> value,
      Function<Entry, Map<String, String>> labels,
      BiFunction<List<Double>, Double, Double> reduce) {}

  private static final List<String> WORDS =
      List.of(
          "connection",
          "refused",
          "timeout",
          "user",
          "login",
          "cache",
          "miss",
          "hit",
          "GET",
          "POST",
          "/api/v1/items",
          "retry",
          "ä-umlaut",
          "<tag>",
          "\\path",
          "100%",
          "a.b.c");
  private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");

  private final Random random;
  private final List<Entry> entries = new ArrayList<>();

  NaiveLogs(Random random) {
    this.random = random;
  }

  List<Entry> entries() {
    return entries;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /// Entries of three kinds of lines; times repeat now and then.
  List<Entry> generate(int count, long startNanos, long endNanos) {
    var made = new ArrayList<Entry>();
    long last = startNanos;
    for (int i = 0; i < count; i++) {
      long at =
          random.nextInt(20) == 0 ? last : startNanos + random.nextLong(endNanos - startNanos);
      last = at;
      // No number twice: entries that differ in what is unwrapped alone would be one series.
      made.add(entry(at, entries.size() + i));
    }
    entries.addAll(made);
    return made;
  }

  private Entry entry(long at, int i) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("lvl", any(LEVELS));
    fields.put("status", String.valueOf(any(List.of(200, 201, 301, 404, 500, 503))));
    fields.put("size", String.valueOf(random.nextInt(5000)));
    fields.put("op", any(WORDS.subList(0, 7)));
    String format = any(List.of("logfmt", "json", "text"));
    Map<String, String> stream =
        new TreeMap<>(Map.of("format", format, "pod", "p" + random.nextInt(4)));
    Map<String, String> metadata = new TreeMap<>();
    if (random.nextBoolean()) {
      metadata.put("trace", Long.toHexString(random.nextLong(50)));
    }
    String line =
        switch (format) {
          case "logfmt" -> {
            var out = new StringBuilder();
            fields.forEach((k, v) -> out.append(k).append('=').append(v).append(' '));
            yield out.append("n=").append(i).toString();
          }
          case "json" -> {
            var out = new StringBuilder("{");
            fields.forEach((k, v) ->
                out.append('"')
                    .append(k)
                    .append("\":")
                    .append(k.equals("size") || k.equals("status") ? v : '"' + v + '"')
                    .append(','));
            yield out.append("\"n\":").append(i).append('}').toString();
          }
          default -> {
            var out = new StringBuilder();
            int words = 1 + random.nextInt(6);
            for (int w = 0; w < words; w++) {
              out.append(any(WORDS)).append(' ');
            }
            yield out.append(i).toString();
          }
        };
    return new Entry(stream, at, line, metadata, fields);
  }

  private record Part(String text, Predicate<Entry> shows, String parser) {}

  private Part selector() {
    return switch (random.nextInt(4)) {
      case 0 -> new Part("{format=\"logfmt\"}", is("format", "logfmt"), "logfmt");
      case 1 ->
          new Part(
              "{format=\"json\", pod!=\"p1\"}",
              is("format", "json").and(is("pod", "p1").negate()),
              "json");
      case 2 -> new Part("{format=~\"te.*\"}", is("format", "text"), "");
      default -> new Part("{pod=~\"p0|p2\"}", is("pod", "p0").or(is("pod", "p2")), "");
    };
  }

  private static Predicate<Entry> is(String label, String value) {
    return e -> e.stream().get(label).equals(value);
  }

  private Part filtered() {
    Part part = selector();
    String text = part.text();
    Predicate<Entry> shows = part.shows();
    int filters = random.nextInt(3);
    for (int i = 0; i < filters; i++) {
      String word = any(WORDS.subList(0, 12));
      switch (random.nextInt(4)) {
        case 0 -> {
          text += " |= `" + word + "`";
          shows = shows.and(e -> e.line().contains(word));
        }
        case 1 -> {
          text += " != `" + word + "`";
          shows = shows.and(e -> !e.line().contains(word));
        }
        case 2 -> {
          String start = word.substring(0, 3);
          text += " |~ `" + start + "[a-zA-Z/]+`";
          var pattern = Pattern.compile(start + "[a-zA-Z/]+");
          shows = shows.and(e -> pattern.matcher(e.line()).find());
        }
        default -> {
          text += " |= `" + word + "` or `" + "50" + "`";
          shows = shows.and(e -> e.line().contains(word) || e.line().contains("50"));
        }
      }
    }
    if (random.nextInt(3) == 0) {
      String trace = Long.toHexString(random.nextLong(50));
      text += " | trace=`" + trace + "`";
      shows = shows.and(e -> trace.equals(e.metadata().get("trace")));
    }
    if (!part.parser().isEmpty() && random.nextBoolean()) {
      text += " | " + part.parser();
      if (random.nextBoolean()) {
        text += " | status >= 400";
        shows = shows.and(e -> Integer.parseInt(e.fields().get("status")) >= 400);
      } else {
        String level = any(LEVELS);
        text += " | lvl = `" + level + "`";
        shows = shows.and(e -> e.fields().get("lvl").equals(level));
      }
    }
    return new Part(text, shows, part.parser());
  }

  LogQuery logQuery() {
    Part part = filtered();
    return new LogQuery(part.text(), part.shows());
  }

  MetricQuery metricQuery() {
    Part part = filtered();
    boolean parsed = part.text().contains("| logfmt") || part.text().contains("| json");
    if (parsed && random.nextBoolean()) {
      String op = any(List.of("sum", "max", "min", "avg"));
      return new MetricQuery(
          "sum by (pod) (" + op + "_over_time(" + part.text() + " | unwrap size",
          " ) )",
          part.shows(),
          e -> Double.parseDouble(e.fields().get("size")),
          e -> unwrapped(e),
          (values, seconds) -> reduce(op, values));
    }
    boolean bytes = random.nextBoolean();
    boolean rate = random.nextBoolean();
    String function =
        bytes ? rate ? "bytes_rate" : "bytes_over_time" : rate ? "rate" : "count_over_time";
    return new MetricQuery(
        "sum by (pod) (" + function + "(" + part.text(),
        " ) )",
        part.shows(),
        e -> bytes ? e.line().getBytes(StandardCharsets.UTF_8).length : 1,
        e -> Map.of("pod", e.stream().get("pod")),
        (values, seconds) -> reduce("sum", values) / (rate ? seconds : 1));
  }

  /// The labels of a series of unwrapped values: everything but what was unwrapped.
  private static Map<String, String> unwrapped(Entry e) {
    Map<String, String> all = new TreeMap<>(e.stream());
    all.putAll(e.metadata());
    all.putAll(e.fields());
    all.remove("size");
    all.put("n", e.line());
    return all;
  }

  private static double reduce(String op, List<Double> values) {
    var stream = values.stream().mapToDouble(Double::doubleValue);
    return switch (op) {
      case "sum" -> stream.sum();
      case "max" -> stream.max().orElseThrow();
      case "min" -> stream.min().orElseThrow();
      default -> stream.average().orElseThrow();
    };
  }

  /// Values by pod at a time, over the window `(at - range, at]`.
  Map<String, Double> evaluate(MetricQuery query, long at, long range) {
    Map<Map<String, String>, List<Double>> series = new HashMap<>();
    for (Entry e : entries) {
      if (e.nanos() > at - range && e.nanos() <= at && query.counts().test(e)) {
        series
            .computeIfAbsent(query.labels().apply(e), l -> new ArrayList<>())
            .add(query.value().applyAsDouble(e));
      }
    }
    Map<String, Double> sums = new TreeMap<>();
    series.forEach((labels, values) ->
        sums.merge(labels.get("pod"), query.reduce().apply(values, range / 1e9), Double::sum));
    return sums;
  }

  List<Entry> evaluate(LogQuery query, long start, long end) {
    return entries.stream()
        .filter(e -> e.nanos() >= start && e.nanos() < end)
        .filter(query.shows())
        .sorted(Comparator.comparingLong(Entry::nanos))
        .toList();
  }
}
