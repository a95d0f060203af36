package io.foursight.benchmarks.load;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Seeded logs of the pods of twelve services that write JSON, logfmt, access logs, Java text and
/// klog. A function of seed, number of streams and start alone: whoever asks, in whatever order,
/// stream by stream, gets the same entries. A third of the streams writes JSON. Trace ids last for
/// a few lines, numbers are skewed, 2 % of the lines are errors; clocks tick microseconds.
public final class LogWorkload {
  private static final List<String> APPS =
      List.of(
          "checkout",
          "cart",
          "catalog",
          "payments",
          "search",
          "frontend",
          "auth",
          "recommend",
          "shipping",
          "ads",
          "email",
          "inventory");
  private static final List<Format> FORMATS =
      List.of(
          Format.JSON,
          Format.JSON,
          Format.LOGFMT,
          Format.JAVA,
          Format.LOGFMT,
          Format.ACCESS,
          Format.JSON,
          Format.JAVA,
          Format.LOGFMT,
          Format.ACCESS,
          Format.JSON,
          Format.KLOG);

  /// What a service writes.
  public enum Format {
    JSON,
    LOGFMT,
    ACCESS,
    JAVA,
    KLOG
  }

  private final long seed;
  private final int streams;
  private final long startNanos;

  /// @param startNanos of the first entries
  public LogWorkload(long seed, int streams, long startNanos) {
    this.seed = seed;
    this.streams = streams;
    this.startNanos = startNanos;
  }

  /// Fresh streams at their first entry.
  public List<Stream> streams() {
    var all = new ArrayList<Stream>();
    for (int i = 0; i < streams; i++) {
      all.add(new Stream(seed, i, startNanos));
    }
    return all;
  }

  long startNanos() {
    return startNanos;
  }

  /// Seconds that make about so many bytes of lines.
  public double seconds(long bytes) {
    double bytesPerSecond = 0;
    for (Stream stream : streams()) {
      bytesPerSecond += 216 * 1e9 / stream.gapNanos;
    }
    return bytes / bytesPerSecond;
  }

  /// One pod. Owned by one thread.
  public static final class Stream {
    final String app;
    final String pod;
    final Format format;
    final SplittableRandom random;
    private final double gapNanos;
    private long time;

    /// Ids of the request that the next lines are about.
    long traceHigh;

    long traceLow;
    int user;
    int request = 100_000;
    private int left;
    private long second = Long.MIN_VALUE;
    private String date = "";
    private String clock = "";
    private String monthDay = "";
    private String access = "";

    private Stream(long seed, int number, long start) {
      app = APPS.get(number % APPS.size());
      format = FORMATS.get(number % FORMATS.size());
      random = new SplittableRandom(seed * 1_000_003 + number);
      pod =
          app
              + "-"
              + Long.toHexString(new SplittableRandom(seed + app.hashCode()).nextLong() >>> 28)
              + "-"
              + Long.toString(random.nextLong(36L * 36 * 36 * 36, 36L * 36 * 36 * 36 * 36), 36);
      gapNanos = (2 + random.nextInt(60)) * 1e6;
      time = start + random.nextInt(1000) * 1_000_000L;
      tick();
    }

    public String app() {
      return app;
    }

    public String pod() {
      return pod;
    }

    public Format format() {
      return format;
    }

    /// Time of the next entry.
    public long time() {
      return time;
    }

    /// Appends the next line and moves on.
    public void line(LogText out) {
      if (left-- <= 0) {
        traceHigh = random.nextLong();
        traceLow = random.nextLong();
        user = 10_000 + skewed(50_000);
        request++;
        left = 1 + random.nextInt(5);
      }
      readClock();
      LogFormats.line(this, out);
      tick();
    }

    private void tick() {
      // No two entries of a stream have the same time: exact repetitions would count once.
      long gap = (long) (-Math.log(1 - random.nextDouble()) * gapNanos);
      time = (time + gap) / 1000 * 1000 + 1000;
    }

    /// Small numbers often: `i` about as often as `1 / i`.
    int skewed(int below) {
      return (int) Math.min(below - 1L, Math.round(Math.pow(below, random.nextDouble())) - 1);
    }

    /// Hundredths of milliseconds around a median.
    long latency(double median) {
      double spread = random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
      return Math.round(100 * median * Math.exp(spread));
    }

    private void readClock() {
      long now = Math.floorDiv(time, 1_000_000_000L);
      if (now == second) {
        return;
      }
      second = now;
      var day = LocalDate.ofEpochDay(Math.floorDiv(now, 86_400L));
      date = day.toString();
      clock =
          LocalTime.ofSecondOfDay(Math.floorMod(now, 86_400L))
              .atOffset(ZoneOffset.UTC)
              .format(java.time.format.DateTimeFormatter.ofPattern("HH:mm:ss"));
      monthDay = "%02d%02d".formatted(day.getMonthValue(), day.getDayOfMonth());
      int month = 3 * day.getMonthValue();
      access =
          "%02d/%s/%d"
              .formatted(
                  day.getDayOfMonth(),
                  "JanFebMarAprMayJunJulAugSepOctNovDec".substring(month - 3, month),
                  day.getYear());
    }

    void putIso(LogText out, char middle) {
      out.put(date).put(middle).put(clock).put('.').padded(micros(), 6);
    }

    void putAccess(LogText out) {
      out.put(access).put(':').put(clock).put(" +0000");
    }

    void putKlog(LogText out) {
      out.put(monthDay).put(' ').put(clock).put('.').padded(micros(), 6);
    }

    private long micros() {
      return Math.floorMod(time, 1_000_000_000L) / 1000;
    }

    void putTrace(LogText out) {
      out.hex(traceHigh, 16).hex(traceLow, 16);
    }

    void putUser(LogText out) {
      out.put("u-").put(user);
    }
  }
}
