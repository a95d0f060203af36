package io.foursight.queryfrontend.logs;

import io.foursight.config.TenantLimits;
import io.foursight.model.Labels;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Entry;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryResult.Stream;
import io.foursight.model.logs.LogsQueryResult.Streams;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.StepParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Answers a log query from parts of its time, nearest first in its direction: one part alone, then
/// twice as many at a time as before, until there are as many entries as were asked for. So a query
/// whose answer is near reads one part, and one that finds little is read by many at once. Exactly
/// the entries of one evaluation of the whole: no entry is in two parts, and equal times are in
/// one.
final class LogsEntryExecutor {
  private record Part(long startNanos, long endNanos) {}

  private final LogsQueryRunner runner;
  private final TenantLimits<LogsQueryLimits> limits;
  private final long splitNanos;
  private final LogsFrontendMetrics metrics;

  /// @param splitNanos 0 = queries are evaluated whole
  LogsEntryExecutor(
      LogsQueryRunner runner,
      TenantLimits<LogsQueryLimits> limits,
      long splitNanos,
      LogsFrontendMetrics metrics) {
    this.runner = runner;
    this.limits = limits;
    this.splitNanos = splitNanos;
    this.metrics = metrics;
  }

  LogsQueryResult run(LogsRangeQuery query, Ticket ticket) {
    LogsQueryRunner.Request asked = query.asked();
    // Which entry an interval keeps depends on all that were kept before.
    if (splitNanos == 0 || asked.intervalNanos() > 0 || parts(asked).size() == 1) {
      return ticket.run(asked.budget(), () -> runner.run(asked));
    }
    List<Part> parts = parts(asked);
    metrics.parts.increment(parts.size());
    int parallelism = limits.of(asked.tenants().getFirst()).maxQueryParallelism();
    var answer = new Answer();
    int wave = 1;
    for (int at = 0; at < parts.size() && answer.entries < asked.limit(); ) {
      int to = Math.min(parts.size(), at + wave);
      int missing = asked.limit() - answer.entries;
      List<LogsQueryResult> results =
          StepParts.inParallel(
              parts.subList(at, to),
              parallelism,
              asked.budget(),
              part -> evaluate(query, part, missing, ticket));
      for (int i = 0; i < results.size() && answer.entries < asked.limit(); i++) {
        int left = asked.limit() - answer.entries;
        LogsQueryResult result = results.get(i);
        boolean tooMany = count(result) > left;
        answer.add(tooMany ? evaluate(query, parts.get(at + i), left, ticket) : result);
      }
      at = to;
      wave = Math.min(parallelism, 2 * wave);
    }
    return answer.result();
  }

  private List<Part> parts(LogsQueryRunner.Request asked) {
    var parts = new ArrayList<Part>();
    for (long start = asked.startNanos(); start < asked.endNanos(); ) {
      long border = (Math.floorDiv(start, splitNanos) + 1) * splitNanos;
      long end = Math.min(border, asked.endNanos());
      parts.add(new Part(start, end));
      start = end;
    }
    if (parts.isEmpty()) {
      parts.add(new Part(asked.startNanos(), asked.endNanos()));
    }
    return asked.direction() == Direction.BACKWARD ? parts.reversed() : parts;
  }

  private LogsQueryResult evaluate(LogsRangeQuery query, Part part, int limit, Ticket ticket) {
    return ticket.run(
        query.asked().budget(),
        () -> runner.run(query.request(part.startNanos(), part.endNanos(), limit)));
  }

  private static int count(LogsQueryResult result) {
    return streams(result).stream().mapToInt(s -> s.entries().size()).sum();
  }

  private static List<Stream> streams(LogsQueryResult result) {
    if (result.value() instanceof Streams streams) {
      return streams.streams();
    }
    throw new IllegalStateException("a log query gave " + result.value().getClass());
  }

  /// Parts put one behind the other.
  private static final class Answer {
    private final Map<Labels, List<Entry>> streams = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();
    private Statistics statistics = Statistics.NONE;
    private int entries;

    void add(LogsQueryResult part) {
      for (Stream stream : streams(part)) {
        streams.computeIfAbsent(stream.labels(), l -> new ArrayList<>()).addAll(stream.entries());
      }
      entries += count(part);
      warnings.addAll(part.warnings());
      statistics = statistics.plus(part.statistics());
    }

    LogsQueryResult result() {
      List<Stream> all =
          streams.entrySet().stream().map(e -> new Stream(e.getKey(), e.getValue())).toList();
      return new LogsQueryResult(
          new Streams(all), warnings.stream().distinct().toList(), statistics);
    }
  }
}
