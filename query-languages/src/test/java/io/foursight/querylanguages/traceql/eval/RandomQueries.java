package io.foursight.querylanguages.traceql.eval;

import java.util.Random;

/// Texts of queries over [RandomTraces]; a few make no sense and are refused.
final class RandomQueries {
  private static final String[] FIELDS = {
    ".a",
    ".b",
    ".n",
    "span.a",
    "span.n",
    "resource.a",
    "resource.b",
    "event.a",
    "event.n",
    "link.b",
    "instrumentation.a",
    ".service.name",
    "resource.service.name",
    ".missing"
  };
  private static final String[] LITERALS = {
    "`x`", "`y`", "`cart`", "0", "1", "2", "3", "1.5", "2.0", "true", "false", "2ns"
  };
  private static final String[] COMPARISONS = {"=", "!=", "<", "<=", ">", ">="};
  private static final String[] STRUCTURE = {
    "&&", "||", ">", "<", ">>", "<<", "~", "!>", "!<", "!>>", "!<<", "!~", "&>", "&<", "&>>", "&<<",
    "&~"
  };
  private static final String[] INTRINSICS = {
    "duration > 1us",
    "duration <= 2000",
    "duration = 0s",
    "duration < 1500.5",
    "duration != 100",
    "name = `GET`",
    "name != `GET`",
    "name =~ `G.*|q.*`",
    "name !~ `.+`",
    "name > `H`",
    "status = error",
    "status != ok",
    "status = 1",
    "1 != status",
    "kind = client",
    "kind != server",
    "statusMessage = ``",
    "statusMessage != `failed`",
    "statusMessage =~ `fa.*`",
    "nestedSetParent < 0",
    "nestedSetParent = -1",
    "nestedSetParent > 0",
    "nestedSetLeft < 4",
    "nestedSetRight = 2",
    "span:childCount > 1",
    "span:childCount = 0",
    "rootName = `GET`",
    "rootServiceName != `shop`",
    "traceDuration > 50ms",
    "event:name = `PUT`",
    "event:name != `GET`",
    "event:timeSinceStart > 2ns",
    "instrumentation:name = `lib`",
    "instrumentation:name != `lib`",
    "duration != nil",
    "true",
    "false",
    "1 < 2"
  };

  private final Random random;

  RandomQueries(Random random) {
    this.random = random;
  }

  String search() {
    String spans = random.nextInt(4) == 0 ? filter() : spanset(2);
    return switch (random.nextInt(7)) {
      case 0 -> spans + " | count() " + pick(COMPARISONS) + " " + random.nextInt(4);
      case 1 -> spans + " | " + aggregate();
      case 2 -> spans + " | by(" + key() + ") | count() " + pick(COMPARISONS) + " 1";
      case 3 -> spans + " | by(" + key() + ") | " + aggregate() + " | coalesce()";
      case 4 -> spans + " | select(.a, event.a, nestedSetLeft, status) | " + filter();
      default -> spans;
    };
  }

  String metric() {
    String by = random.nextBoolean() ? "" : " by(" + key() + ")";
    String function =
        switch (random.nextInt(6)) {
          case 0 -> "rate()";
          case 1 -> "min_over_time(duration)";
          case 2 -> "max_over_time(.n)";
          case 3 -> "sum_over_time(.n)";
          case 4 -> "avg_over_time(span.n)";
          default -> "count_over_time()";
        };
    return (random.nextBoolean() ? filter() : spanset(1)) + " | " + function + by;
  }

  private String key() {
    String[] keys = {
      ".n", "resource.service.name", "name", "status", "kind", "rootName", "span.n", "statusMessage"
    };
    return pick(keys);
  }

  private String aggregate() {
    String[] functions = {"min", "max", "sum", "avg"};
    String[] fields = {"duration", ".n", "span.n", "duration + 1", "2 * .n", "span:childCount"};
    return pick(functions)
        + "("
        + pick(fields)
        + ") "
        + pick(COMPARISONS)
        + " "
        + random.nextInt(3);
  }

  private String spanset(int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return random.nextInt(6) == 0 ? "(" + filter() + " | " + filter() + ")" : filter();
    }
    return "(" + spanset(depth - 1) + " " + pick(STRUCTURE) + " " + spanset(depth - 1) + ")";
  }

  private String filter() {
    return random.nextInt(8) == 0 ? "{ }" : "{ " + condition(2) + " }";
  }

  private String condition(int depth) {
    if (depth > 0 && random.nextBoolean()) {
      return switch (random.nextInt(6)) {
        case 0 -> "!(" + condition(depth - 1) + ")";
        case 1, 2 -> "(" + condition(depth - 1) + " || " + condition(depth - 1) + ")";
        default -> "(" + condition(depth - 1) + " && " + condition(depth - 1) + ")";
      };
    }
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> pick(INTRINSICS);
      case 3 -> pick(FIELDS);
      case 4 -> "!" + pick(FIELDS);
      case 5 -> pick(FIELDS) + (random.nextBoolean() ? " = nil" : " != nil");
      case 6 -> pick(FIELDS) + (random.nextBoolean() ? " =~ `x|c.*`" : " !~ `x|c.*`");
      case 7 -> arithmetic() + " " + pick(COMPARISONS) + " " + pick(LITERALS);
      case 8 ->
          random.nextBoolean()
              ? pick(LITERALS) + " " + pick(COMPARISONS) + " " + pick(FIELDS)
              : pick(FIELDS) + " " + pick(COMPARISONS) + " " + pick(FIELDS);
      default -> pick(FIELDS) + " " + pick(COMPARISONS) + " " + pick(LITERALS);
    };
  }

  /// Only of fields that are never arrays, which would be an error.
  private String arithmetic() {
    String[] operators = {"+", "-", "*"};
    String[] operands = {".n", "span.n", "duration", "2", "1.5", "event.n"};
    return "(" + pick(operands) + " " + pick(operators) + " " + pick(operands) + ")";
  }

  private String pick(String[] texts) {
    return texts[random.nextInt(texts.length)];
  }
}
