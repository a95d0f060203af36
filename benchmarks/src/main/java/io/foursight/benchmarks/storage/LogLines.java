package io.foursight.benchmarks.storage;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Seeded log entries of four services, two pods each: JSON, logfmt, access log and Java text, with
/// ids that repeat for some lines, skewed numbers and rare errors. In block order.
final class LogLines {
  private static final long START = 1_790_000_000_000_000_000L;
  private static final String[] MESSAGES = {
    "request completed", "cache lookup", "cache miss, loading from store", "publishing event",
    "retrying upstream call", "session refreshed", "price quote computed", "upstream timed out"
  };

  private final SplittableRandom random = new SplittableRandom(1);
  private String trace = "";
  private int user;
  private int left;

  /// A known trace id, of the middle of the lines.
  String known = "";

  long bytes;

  List<LogsPage> pages(int megabytes) {
    var pages = new ArrayList<LogsPage>();
    for (int stream = 0; stream < 8; stream++) {
      var labels = Labels.of("app", "app-" + stream / 2, "pod", "app-" + stream / 2 + "-" + stream);
      long time = START;
      long wanted = (megabytes * 1_000_000L) / 8;
      while (wanted > 0) {
        var lines = new ByteArrayOutputStream();
        int rows = 4096;
        var times = new long[rows];
        var starts = new int[rows];
        var lengths = new int[rows];
        var levels = new int[rows];
        for (int i = 0; i < rows; i++) {
          time += (long) (-Math.log(1 - random.nextDouble()) * 30_000) * 1000;
          boolean error = random.nextInt(50) == 0;
          byte[] line = line(stream / 2, time, error).getBytes(StandardCharsets.UTF_8);
          times[i] = time;
          starts[i] = lines.size();
          lengths[i] = line.length;
          levels[i] = error ? 1 : 0;
          lines.writeBytes(line);
        }
        if (stream == 0 && known.isEmpty() && wanted < megabytes * 70_000L) {
          known = trace;
        }
        bytes += lines.size();
        wanted -= lines.size();
        var level =
            new LogsPage.MetadataColumn(
                "detected_level",
                levels,
                "infoerror".getBytes(StandardCharsets.UTF_8),
                new int[] {0, 4, 9});
        pages.add(
            new LogsPage(
                rows,
                times,
                List.of(labels),
                new int[rows],
                lines.toByteArray(),
                starts,
                lengths,
                List.of(level)));
      }
    }
    return pages;
  }

  private String line(int kind, long time, boolean error) {
    if (left-- <= 0) {
      trace = "%016x%016x".formatted(random.nextLong(), random.nextLong());
      user = skewed(50_000);
      left = random.nextInt(5);
    }
    Instant at = Instant.ofEpochSecond(0, time);
    String message = MESSAGES[skewed(MESSAGES.length)];
    String level = error ? "error" : "info";
    double millis = Math.round(Math.exp(random.nextGaussian()) * 1200) / 100.0;
    return switch (kind) {
      case 0 ->
          "{\"ts\":\"%s\",\"level\":\"%s\",\"logger\":\"shop.http\",\"msg\":\"%s\",\"path\":\"/api/v1/items/%d\",\"status\":%d,\"duration_ms\":%s,\"trace_id\":\"%s\",\"user_id\":\"u-%d\"}"
              .formatted(
                  at, level, message, skewed(90_000), error ? 500 : 200, millis, trace, user);
      case 1 ->
          "ts=%s caller=engine.go:%d level=%s org_id=%d msg=\"%s\" duration=%sms bytes=%d traceID=%s"
              .formatted(
                  at,
                  40 + 17 * skewed(8),
                  level,
                  skewed(40),
                  message,
                  millis,
                  512 + skewed(400_000),
                  trace);
      case 2 ->
          "10.%d.%d.7 - - [23/Nov/2026:%02d:%02d:%02d +0000] \"GET /api/v1/orders/%d HTTP/1.1\" %d %d \"-\" \"okhttp/4.12.0\" %s"
              .formatted(
                  random.nextInt(4),
                  skewed(250),
                  time / 3_600_000_000_000L % 24,
                  time / 60_000_000_000L % 60,
                  time / 1_000_000_000L % 60,
                  skewed(90_000),
                  error ? 502 : 200,
                  120 + skewed(60_000),
                  millis / 1000);
      default ->
          at.toString().replace('T', ' ').replace("Z", "")
              + " %s 1 --- [nio-8080-exec-%d] c.e.payments.ChargeService : %s"
                  .formatted(
                      error ? "ERROR" : "INFO ",
                      1 + random.nextInt(16),
                      error
                          ? "Unhandled failure for user u-" + user
                          : "Charged order %d amount %s EUR in %d ms"
                              .formatted(
                                  1_000_000 + random.nextInt(9_000_000),
                                  millis,
                                  random.nextInt(400)));
    };
  }

  /// Small numbers often.
  private int skewed(int below) {
    return (int) Math.min(below - 1, Math.pow(below, random.nextDouble()) - 0.5);
  }

  static final Map<String, String> NEEDLES =
      Map.of(
          "absent", "zzabsentzz",
          "absentId", "0123456789abcdef0123456789abcdef",
          "phrase", "cache miss, loading",
          "keyed", "\"level\":\"error\"",
          "inside", "timed o",
          "digits", "5017");
}
