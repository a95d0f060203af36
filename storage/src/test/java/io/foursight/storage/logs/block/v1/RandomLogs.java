package io.foursight.storage.logs.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.logs.block.v1.LogsBlockFixture.Entry;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// Seeded entries of every kind of line: what services write, and what they should not.
final class RandomLogs {
  private static final DateTimeFormatter CLF =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter KLOG =
      DateTimeFormatter.ofPattern("MMdd HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String[] WORDS = {
    "request", "completed", "error", "timeout", "user", "cart", "a", "", "Ünï", "x-y", "id=7"
  };
  private static final String[] ODD = {
    "",
    " ",
    "{",
    "}",
    "{\"",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":\"",
    "{\"a\":1",
    "{\"a\":\"\\\"",
    "=",
    "a=",
    "a=\"",
    "a=\"\\\"\"",
    "a=b c=\"d e\" f",
    "007",
    "-0",
    "+5",
    "1.",
    ".5",
    "0.0",
    "00.10",
    "1e9",
    "99999999999999999999999999",
    "-9223372036854775808",
    "9223372036854775807",
    "1.50",
    "1.5",
    "2024-13-45T99:99:99Z",
    "2024-02-30T00:00:00Z",
    "0000-00-00 00:00:00",
    "9999-12-31T23:59:59.999999999Z",
    "{\"a\":1,\"a\":2,\"a\":3}",
    "{ \"a\" : 1 , \"b\" : [1, 2,3 ] }",
    "\u0000\u0001\u00ff\u00fe",
    "\n",
    "\r\n",
    "{\"k\":\"\\u00e9\\n\"}",
    "DEADBEEFdeadbeef",
    "deadbeefdeadbeef",
    "deadbeefdeadbee",
    "123e4567-e89b-12d3-a456-426614174000",
    "<_>",
    "%s %d",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"
  };

  private final SplittableRandom random;
  private final long start;

  RandomLogs(long seed) {
    random = new SplittableRandom(seed);
    start = 1_700_000_000_000_000_000L + random.nextLong(1_000_000_000_000L);
  }

  List<Entry> make(int streams, int entries) {
    var made = new ArrayList<Entry>();
    var labels = new ArrayList<Labels>();
    for (int s = 0; s < streams; s++) {
      labels.add(
          s == 0
              ? Labels.of("zone", "z")
              : Labels.of("app", "app-" + s % 3, "pod", "pod-" + s, "env", "e" + s % 2));
    }
    var clocks = new long[streams];
    int style = random.nextInt(8);
    for (int i = 0; i < entries; i++) {
      int s = random.nextInt(streams);
      // Few distinct gaps: times that are equal, and almost.
      clocks[s] += random.nextInt(4) == 0 ? 0 : random.nextLong(1, 3) * gap();
      long time = start + clocks[s];
      made.add(new Entry(labels.get(s), time, line(style, time), metadata()));
    }
    return made;
  }

  private long gap() {
    return switch (random.nextInt(4)) {
      case 0 -> 1;
      case 1 -> 1_000;
      case 2 -> 1_000_000;
      default -> random.nextLong(1, 100_000_000_000L);
    };
  }

  private Map<String, String> metadata() {
    var pairs = new HashMap<String, String>();
    pairs.put("detected_level", random.nextInt(10) == 0 ? "error" : "info");
    if (random.nextInt(2) == 0) {
      pairs.put("trace_id", hex(32));
    }
    if (random.nextInt(9) == 0) {
      pairs.put("env", word());
    }
    pairs.values().removeIf(String::isEmpty);
    return pairs;
  }

  private String line(int style, long time) {
    int kind = random.nextInt(20) == 0 ? random.nextInt(8) : style;
    Instant at =
        Instant.ofEpochSecond(0, time + (random.nextInt(5) == 0 ? random.nextInt(5000) : 0));
    return switch (kind) {
      case 0 -> json(at);
      case 1 ->
          "ts="
              + at
              + " level="
              + (random.nextInt(5) == 0 ? "error" : "info")
              + " msg=\""
              + word()
              + " "
              + word()
              + "\" duration="
              + random.nextInt(9999) / 100.0
              + "ms trace="
              + hex(16)
              + " n="
              + random.nextInt(-50, 5000);
      case 2 ->
          "10.0."
              + random.nextInt(3)
              + "."
              + random.nextInt(256)
              + " - - ["
              + CLF.format(at)
              + "] \"GET /api/v1/items/"
              + random.nextInt(1000)
              + " HTTP/1.1\" 200 "
              + random.nextInt(5000);
      case 3 ->
          at.toString().replace('T', ' ').replace("Z", "")
              + " INFO  1 --- [main] c.e.Shop : Charged order "
              + random.nextInt(100_000)
              + " for u-"
              + random.nextInt(1000)
              + " in "
              + random.nextInt(400)
              + " ms";
      case 4 ->
          "I"
              + KLOG.format(at)
              + "       1 cache.go:72] id="
              + hex(8)
              + "-"
              + hex(4)
              + " total "
              + random.nextInt(10);
      case 5 -> ODD[random.nextInt(ODD.length)];
      case 6 -> garbage();
      default -> free();
    };
  }

  private String json(Instant at) {
    String gap = random.nextInt(10) == 0 ? " " : "";
    return "{\"ts\":"
        + gap
        + "\""
        + at
        + "\",\"level\":\"info\",\"msg\":\""
        + word()
        + " "
        + word()
        + "\",\"status\":"
        + (200 + random.nextInt(4) * 100)
        + ",\"ms\":"
        + random.nextInt(99999) / 100.0
        + ",\"trace_id\":\""
        + hex(32)
        + "\",\"user\":\"u-"
        + random.nextInt(500)
        + "\",\"ok\":"
        + random.nextBoolean()
        + ",\"path\":\"/api/items/"
        + random.nextInt(300)
        + "\""
        + (random.nextInt(8) == 0
            ? ",\"error\":\"a \\\"quoted\\\" after " + random.nextInt(100) + "ms\""
            : "")
        + "}";
  }

  private String garbage() {
    var text = new StringBuilder();
    for (int n = random.nextInt(80); n > 0; n--) {
      text.append((char) random.nextInt(256));
    }
    return text.toString();
  }

  private String free() {
    var text = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      text.append(random.nextInt(3) == 0 ? "" + random.nextInt(2000) : word());
      text.append(" ,;:/-_.".charAt(random.nextInt(8)));
    }
    return text.toString();
  }

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private String hex(int digits) {
    if (random.nextInt(2) == 0) {
      return "0af7651916cd43dd8448eb211c80319c".substring(0, digits);
    }
    var text = new StringBuilder();
    for (int i = 0; i < digits; i++) {
      text.append(Character.forDigit(random.nextInt(16), 16));
    }
    return text.toString();
  }

  /// A piece of some line, or something that is in none.
  String needle(List<Entry> entries) {
    String line = entries.get(random.nextInt(entries.size())).line();
    if (line.isEmpty() || random.nextInt(8) == 0) {
      return List.of("zzabsent", "7", "level=error", "\":\"", "0af7651916cd43dd", "-", " 1")
          .get(random.nextInt(7));
    }
    int from = random.nextInt(line.length());
    int to = from + 1 + random.nextInt(Math.min(24, line.length() - from));
    return line.substring(from, to);
  }
}
