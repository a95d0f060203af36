package io.foursight.integration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Counters with resets, gauges with gaps and stale ends, a classic histogram; timestamps in order,
/// never on a whole second.
final class MetricsWorkload {
  private static final int MINUTES = 150;

  private final Random random;

  MetricsWorkload(Random random) {
    this.random = random;
  }

  /// All series from [#start] to then, in requests one after the other.
  List<byte[]> bodies(long now, int requests) throws IOException {
    long start = start(now);
    var request = new ArrayList<WriteRequest>();
    for (int i = 0; i < requests; i++) {
      request.add(new WriteRequest());
    }
    for (String job : List.of("api", "auth", "worker")) {
      for (int instance = 0; instance < 4; instance++) {
        var target = Map.of("job", job, "instance", "i" + instance);
        for (String code : List.of("200", "404", "500")) {
          counter(request, start, now, with(target, "__name__", "requests_total", "code", code), 5);
        }
        counter(
            request,
            start,
            now,
            with(target, "__name__", "bytes_total", "zone", "z" + instance % 2),
            1e6);
        gauge(request, start, now, with(target, "__name__", "temperature"), 0);
        gauge(request, start, now, with(target, "__name__", "queue_length", "zone", "z1"), 0.02);
        gauge(request, start, now, with(target, "__name__", "sparse"), 0.7);
        histogram(request, start, now, target);
      }
    }
    var bodies = new ArrayList<byte[]>();
    for (WriteRequest one : request) {
      bodies.add(one.snappy());
    }
    return bodies;
  }

  static long start(long now) {
    return now - MINUTES * 60_000L;
  }

  private void counter(
      List<WriteRequest> request, long start, long end, Map<String, String> labels, double scale) {
    int offset = 1 + random.nextInt(14_998);
    double value = random.nextInt(1000);
    var samples = new Samples();
    for (long t = start + offset; t < end; t += 15_000) {
      value =
          random.nextInt(200) == 0 ? 0 : value + Math.floor(random.nextDouble() * scale * 10) / 10;
      samples.add(notOnASecond(t), value);
    }
    samples.to(request, labels);
  }

  private void gauge(
      List<WriteRequest> request, long start, long end, Map<String, String> labels, double gaps) {
    int offset = 1 + random.nextInt(14_998);
    var samples = new Samples();
    boolean stale = false;
    for (long t = start + offset; t < end; t += 15_000) {
      if (random.nextDouble() < gaps) {
        if (!stale && random.nextInt(3) == 0) {
          samples.add(notOnASecond(t), Double.longBitsToDouble(0x7ff0000000000002L));
          stale = true;
        }
        continue;
      }
      stale = false;
      samples.add(notOnASecond(t), Math.round(random.nextGaussian() * 1000) / 100.0);
    }
    samples.to(request, labels);
  }

  private void histogram(
      List<WriteRequest> request, long start, long end, Map<String, String> target) {
    String[] bounds = {"0.1", "0.5", "1", "5", "+Inf"};
    var buckets = new Samples[bounds.length];
    var count = new Samples();
    for (int i = 0; i < bounds.length; i++) {
      buckets[i] = new Samples();
    }
    int offset = 1 + random.nextInt(14_998);
    var totals = new double[bounds.length];
    for (long t = start + offset; t < end; t += 15_000) {
      for (int i = 0; i < bounds.length; i++) {
        int added = random.nextInt(5);
        for (int j = i; j < bounds.length; j++) {
          totals[j] += added;
        }
      }
      for (int i = 0; i < bounds.length; i++) {
        buckets[i].add(notOnASecond(t), totals[i]);
      }
      count.add(notOnASecond(t), totals[bounds.length - 1]);
    }
    for (int i = 0; i < bounds.length; i++) {
      buckets[i].to(request, with(target, "__name__", "latency_seconds_bucket", "le", bounds[i]));
    }
    count.to(request, with(target, "__name__", "latency_seconds_count"));
  }

  private static long notOnASecond(long t) {
    return t % 1000 == 0 ? t + 1 : t;
  }

  private static Map<String, String> with(Map<String, String> base, String... pairs) {
    var map = new HashMap<>(base);
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static final class Samples {
    private final List<Long> timestamps = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    void add(long timestamp, double value) {
      timestamps.add(timestamp);
      values.add(value);
    }

    void to(List<WriteRequest> requests, Map<String, String> labels) {
      int count = timestamps.size();
      for (int i = 0; i < requests.size(); i++) {
        int from = i * count / requests.size();
        int end = (i + 1) * count / requests.size();
        if (from < end) {
          requests
              .get(i)
              .series(
                  labels,
                  timestamps.subList(from, end).stream().mapToLong(Long::longValue).toArray(),
                  values.subList(from, end).stream().mapToDouble(Double::doubleValue).toArray());
        }
      }
    }
  }
}
