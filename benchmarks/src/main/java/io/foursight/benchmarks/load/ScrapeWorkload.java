package io.foursight.benchmarks.load;

import io.foursight.model.Labels;
import io.foursight.model.metrics.LabelBytes;
import java.util.ArrayList;
import java.util.List;

/// The scraped series of a simulated cluster. Values are a pure function of seed, series and scrape
/// number, so that a checker needs no history: counters with whole and with decimal steps, gauges,
/// classic histograms whose buckets nest, constants. Scrape k of a target is at `start + k *
/// interval + offset of the target`. Immutable.
final class ScrapeWorkload {
  private static final String[] LE = {
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"
  };
  private static final String[] PATHS = {
    "/api/v1/items", "/api/v1/orders", "/api/v1/login", "/healthz"
  };
  private static final String[] MODES = {"idle", "user", "system", "iowait"};
  private static final String[] APPS = {
    "checkout", "cart", "catalog", "payments", "search", "frontend"
  };

  /// How a series moves.
  enum Kind {
    CONSTANT,
    COUNTER,
    CPU_SECONDS,
    GAUGE,
    BUCKET
  }

  /// @param labelBytes the labels as they stand in a remote write request
  /// @param rate units a scrape
  /// @param share of the family's rate that this bucket holds, 1 for everything else
  record Series(Labels labels, byte[] labelBytes, Kind kind, long key, double rate, double share) {}

  record Target(List<Series> series, long offsetMillis) {}

  private final long seed;
  private final long startMillis;
  private final long intervalMillis;
  private final List<Target> targets;

  ScrapeWorkload(long seed, int seriesCount, long startMillis, long intervalMillis) {
    this.seed = seed;
    this.startMillis = startMillis;
    this.intervalMillis = intervalMillis;
    var all = new ArrayList<Target>();
    int left = seriesCount;
    for (int n = 0; left > 0; n++) {
      List<Series> series = target(n);
      List<Series> kept = List.copyOf(series.subList(0, Math.min(left, series.size())));
      left -= kept.size();
      all.add(new Target(kept, Long.remainderUnsigned(mix(seed + n), intervalMillis)));
    }
    targets = List.copyOf(all);
  }

  List<Target> targets() {
    return targets;
  }

  long timestamp(Target target, long scrape) {
    return startMillis + scrape * intervalMillis + target.offsetMillis;
  }

  double value(Series s, long scrape) {
    double wobble = Math.sin(scrape * 0.05 + (s.key & 63)) * 0.5;
    return switch (s.kind) {
      case CONSTANT -> s.rate;
      case COUNTER, BUCKET -> Math.floor(Math.floor(s.rate * (scrape + 1 + wobble)) * s.share);
      case CPU_SECONDS -> Math.floor(s.rate * (scrape + 1 + wobble)) / 100;
      case GAUGE ->
          Math.floor(
                  s.rate
                      * (1 + 0.2 * Math.sin(scrape * 0.01) + 0.01 * unit(mix(s.key ^ scrape * 31))))
              * 4096;
    };
  }

  private List<Series> target(int n) {
    var out = new ArrayList<Series>();
    String app = APPS[n % APPS.length];
    String[] base = {
      "cluster",
      "prod-eu-west-1",
      "job",
      app,
      "instance",
      "10.0." + n / 250 + "." + n % 250 + ":8080",
      "namespace",
      "shop",
      "pod",
      app + "-" + Long.toHexString(mix(seed ^ n) >>> 40),
      "container",
      app
    };
    for (String path : PATHS) {
      double rate = 0.5 + 200 * unit(mix(seed + n * 31L + path.hashCode()));
      for (String code : new String[] {"200", "404", "500"}) {
        add(
            out,
            Kind.COUNTER,
            n,
            rate * (code.equals("200") ? 0.97 : 0.015),
            1,
            base,
            "__name__",
            "http_requests_total",
            "path",
            path,
            "code",
            code);
      }
      for (int b = 0; b < LE.length; b++) {
        add(
            out,
            Kind.BUCKET,
            n,
            rate,
            (b + 1.0) / LE.length,
            base,
            "__name__",
            "http_request_duration_seconds_bucket",
            "path",
            path,
            "le",
            LE[b]);
      }
      add(
          out,
          Kind.BUCKET,
          n,
          rate,
          1,
          base,
          "__name__",
          "http_request_duration_seconds_count",
          "path",
          path);
      add(
          out,
          Kind.CPU_SECONDS,
          n,
          rate * 3,
          1,
          base,
          "__name__",
          "http_request_duration_seconds_sum",
          "path",
          path);
    }
    for (String mode : MODES) {
      add(
          out,
          Kind.CPU_SECONDS,
          n,
          1500 * unit(mix(seed + n * 7L + mode.hashCode())),
          1,
          base,
          "__name__",
          "cpu_seconds_total",
          "mode",
          mode);
    }
    for (String kind : new String[] {"rss", "cache", "working_set", "mapped_file"}) {
      add(
          out,
          Kind.GAUGE,
          n,
          1000 + 100_000 * unit(mix(n * 17L + kind.hashCode())),
          1,
          base,
          "__name__",
          "memory_" + kind + "_bytes");
    }
    for (String constant :
        new String[] {"up", "build_info", "memory_limit_bytes", "start_time_seconds"}) {
      add(
          out,
          Kind.CONSTANT,
          n,
          constant.equals("memory_limit_bytes") ? 1L << 30 : 1,
          1,
          base,
          "__name__",
          constant);
    }
    return out;
  }

  private void add(
      List<Series> out,
      Kind kind,
      int n,
      double rate,
      double share,
      String[] base,
      String... more) {
    var pairs = new String[base.length + more.length];
    System.arraycopy(base, 0, pairs, 0, base.length);
    System.arraycopy(more, 0, pairs, base.length, more.length);
    Labels labels = Labels.of(pairs);
    // The buckets of one histogram share a key, so that they rise together.
    long key =
        kind == Kind.BUCKET ? mix(seed ^ n * 1_000_003L) : mix(seed ^ n * 1_000_003L ^ out.size());
    out.add(new Series(labels, LabelBytes.encode(labels), kind, key, rate, share));
  }

  private static long mix(long z) {
    long x = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
    return x ^ x >>> 31;
  }

  private static double unit(long h) {
    return (h >>> 11) * 0x1.0p-53;
  }
}
