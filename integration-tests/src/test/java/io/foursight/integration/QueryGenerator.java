package io.foursight.integration;

import java.util.List;
import java.util.Random;

/// Seeded random PromQL over the data of [PrometheusDifferentialIT]: mostly valid queries of the
/// stable language as every Prometheus since 2.42 understands it. Ranges and offsets never end on a
/// sample or a subquery step, so that open and closed window borders agree.
final class QueryGenerator {
  private static final List<String> OVER_TIME =
      List.of(
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "sum_over_time",
          "count_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "last_over_time",
          "present_over_time",
          "changes",
          "deriv",
          "idelta",
          "delta");
  private static final List<String> COUNTER = List.of("rate", "increase", "irate", "resets");
  private static final List<String> MATH =
      List.of("abs", "sqrt", "ln", "log2", "log10", "tanh", "deg");
  private static final List<String> DATES =
      List.of("hour", "minute", "day_of_week", "day_of_month", "month", "year", "days_in_month");
  private static final List<String> AGGREGATES =
      List.of("sum", "avg", "min", "max", "count", "group");
  private static final List<String> ARITHMETIC = List.of("+", "-", "*", "/");
  private static final List<String> COMPARISON = List.of("==", "!=", "<", "<=", ">", ">=");
  private static final List<String> LABELS = List.of("job", "instance", "code", "zone");

  private final Random random;

  QueryGenerator(Random random) {
    this.random = random;
  }

  String next() {
    return vector(3);
  }

  private String vector(int depth) {
    if (depth == 0) {
      return instant();
    }
    return switch (random.nextInt(15)) {
      case 0, 1 -> pick(COUNTER) + "(" + counter() + range() + modifiers() + ")";
      case 2, 3 -> pick(OVER_TIME) + "(" + selector() + range() + modifiers() + ")";
      case 4, 5 -> aggregate(depth);
      case 6 -> pick(MATH) + "(" + vector(depth - 1) + ")";
      case 7 -> binary(depth);
      case 8 -> setOperation(depth);
      case 9 -> "quantile_over_time(0." + (1 + random.nextInt(9)) + ", " + gauge() + range() + ")";
      case 10 -> special(depth);
      case 11 -> subquery(depth);
      case 12 ->
          vector(depth - 1)
              + " "
              + pick(COMPARISON)
              + " "
              + (random.nextBoolean() ? "bool " : "")
              + number();
      case 13 -> "(" + vector(depth - 1) + ") " + pick(ARITHMETIC) + " " + number();
      default -> instant();
    };
  }

  private String special(int depth) {
    return switch (random.nextInt(11)) {
      case 0 ->
          "histogram_quantile(0."
              + (1 + random.nextInt(9))
              + ", sum by (le"
              + (random.nextBoolean() ? ", job" : "")
              + ") (rate(latency_seconds_bucket"
              + matchers()
              + range()
              + ")))";
      case 1 -> "clamp(" + vector(depth - 1) + ", -10, " + number() + ")";
      case 2 -> "label_replace(" + instant() + ", \"zone\", \"z-$1\", \"job\", \"(a.*)\")";
      case 3 -> "label_join(" + instant() + ", \"zone\", \"-\", \"job\", \"instance\")";
      case 4 -> "absent(" + selector() + ")";
      case 5 -> "predict_linear(" + gauge() + range() + ", 600)";
      case 6 -> pick(DATES) + "(" + gauge() + ")";
      case 7 -> stepped();
      case 8 -> "timestamp(" + gauge() + ")";
      case 9 -> "scalar(" + vector(depth - 1) + ") + " + vector(0);
      default -> "vector(" + number() + ")";
    };
  }

  /// Functions with steps, over raw samples only: on computed values they turn a last bit into a
  /// difference.
  private String stepped() {
    return switch (random.nextInt(3)) {
      case 0 -> "round(" + gauge() + ", 0.5)";
      case 1 -> pick(List.of("ceil", "floor", "sgn")) + "(" + gauge() + ")";
      default -> gauge() + " % 3";
    };
  }

  private String subquery(int depth) {
    String inner = random.nextBoolean() ? instant() : "rate(" + counter() + range() + ")";
    String step = random.nextBoolean() ? "1m" : "2m";
    return pick(
            List.of("avg_over_time", "max_over_time", "sum_over_time", "count_over_time", "delta"))
        + "("
        + inner
        + "["
        + (3 + random.nextInt(20))
        + "m:"
        + step
        + "])";
  }

  private String aggregate(int depth) {
    String inner = vector(depth - 1);
    return switch (random.nextInt(10)) {
      case 0 -> "quantile" + grouping() + " (0.9, " + inner + ")";
      case 1 -> "count_values" + grouping() + " (\"v\", " + "count by (job, code) (" + inner + "))";
      case 2 -> pick(List.of("stddev", "stdvar")) + grouping() + " (" + gauge() + ")";
      case 3 -> "sum" + grouping() + " (topk" + grouping() + " (2, " + gauge() + "))";
      default -> pick(AGGREGATES) + grouping() + " (" + inner + ")";
    };
  }

  private String grouping() {
    return switch (random.nextInt(3)) {
      case 0 -> "";
      case 1 -> " by (" + labels() + ")";
      default -> " without (" + labels() + ")";
    };
  }

  private String labels() {
    String first = pick(LABELS);
    return random.nextBoolean() ? first : first + ", " + pick(LABELS);
  }

  private String binary(int depth) {
    String operator =
        random.nextInt(3) == 0
            ? pick(COMPARISON) + (random.nextBoolean() ? " bool" : "")
            : pick(ARITHMETIC);
    return switch (random.nextInt(4)) {
      case 0 ->
          "sum by (job) ("
              + vector(depth - 1)
              + ") "
              + operator
              + " on (job) sum by (job) ("
              + vector(depth - 1)
              + ")";
      case 1 ->
          "sum by (job, code) ("
              + vector(depth - 1)
              + ") "
              + operator
              + " on (job) group_left () sum by (job) ("
              + vector(depth - 1)
              + ")";
      case 2 ->
          "requests_total"
              + matchers()
              + " "
              + operator
              + " ignoring (code) group_left sum without (code) (requests_total)";
      default -> vector(depth - 1) + " " + operator + " " + vector(depth - 1);
    };
  }

  private String setOperation(int depth) {
    String operator = pick(List.of("and", "or", "unless"));
    String matching =
        random.nextBoolean() ? "" : random.nextBoolean() ? " on (job)" : " ignoring (code)";
    return "(" + vector(depth - 1) + ") " + operator + matching + " (" + vector(depth - 1) + ")";
  }

  private String instant() {
    return selector() + modifiers();
  }

  private String selector() {
    return random.nextInt(3) == 0 ? counter() : gauge();
  }

  private String counter() {
    return pick(
            List.of(
                "requests_total", "bytes_total", "latency_seconds_count", "latency_seconds_bucket"))
        + matchers();
  }

  private String gauge() {
    return pick(List.of("temperature", "queue_length", "sparse")) + matchers();
  }

  private String matchers() {
    return switch (random.nextInt(7)) {
      case 0 -> "{job=\"api\"}";
      case 1 -> "{job=~\"a.*\"}";
      case 2 -> "{instance!=\"i1\"}";
      case 3 -> "{code!~\"5..\"}";
      case 4 -> "{zone=\"\"}";
      case 5 -> "{job=~\"api|worker\", instance=~\"i[0-2]\"}";
      default -> "";
    };
  }

  private String range() {
    return "[" + (2 + random.nextInt(30)) + "m]";
  }

  private String modifiers() {
    return switch (random.nextInt(10)) {
      case 0 -> " offset " + (1 + random.nextInt(9)) + "m";
      case 1 -> " offset -" + (1 + random.nextInt(4)) + "m";
      case 2 -> " @ start()";
      default -> "";
    };
  }

  private String number() {
    return pick(List.of("0", "1", "2", "0.5", "10", "100", "-3", "1e3"));
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
