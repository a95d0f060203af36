package io.foursight.queryfrontend.logs;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Series;
import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.StepParts;
import io.foursight.queryfrontend.StepParts.Part;
import io.foursight.queryfrontend.logs.LogsResultCache.Extent;
import io.foursight.querylanguages.logql.eval.SeriesLimit;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Answers a metric query over a range from parts: the steps are cut at multiples of the split
/// interval on the absolute clock, each part takes from the cache what is there and evaluates the
/// rest, and the parts run at the same time within the tenant's parallelism. What a part would read
/// too much of is cut further, by cost. Equal to one evaluation of the whole, but for errors that
/// only the whole can see (equal label sets at different times).
///
/// Cached are steps whose data are older than the tenant's freshness. They are used as long as no
/// late entry came into the range of their data, and nothing was deleted.
final class LogsRangeExecutor {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /// Clocks that are set back a little.
  private static final long SLACK_MILLIS = 60_000;

  /// What one evaluation reads beyond its own steps is at most half of what it reads.
  private static final int WINDOWS_A_PART = 2;

  private record Piece(Matrix matrix, Collection<String> warnings, Statistics statistics) {}

  private final LogsQueryRunner runner;
  private final Optional<LogsResultCache> cache;
  private final LogsLateWrites lateWrites;
  private final LogsCosts costs;
  private final TenantLimits<LogsQueryLimits> limits;
  private final long splitNanos;
  private final Clock clock;
  private final LogsFrontendMetrics metrics;

  /// @param splitNanos 0 = queries are evaluated whole and not cached
  LogsRangeExecutor(
      LogsQueryRunner runner,
      Optional<LogsResultCache> cache,
      LogsLateWrites lateWrites,
      LogsCosts costs,
      TenantLimits<LogsQueryLimits> limits,
      long splitNanos,
      Clock clock,
      LogsFrontendMetrics metrics) {
    this.runner = runner;
    this.cache = cache;
    this.lateWrites = lateWrites;
    this.costs = costs;
    this.limits = limits;
    this.splitNanos = splitNanos;
    this.clock = clock;
    this.metrics = metrics;
  }

  LogsQueryResult run(LogsRangeQuery query, Ticket ticket) {
    LogsQueryRunner.Request asked = query.asked();
    if (splitNanos == 0) {
      return evaluate(query, asked.startNanos(), asked.endNanos(), ticket);
    }
    long interval =
        StepParts.interval(
            asked.stepNanos(), splitNanos, WINDOWS_A_PART * query.shape().backNanos());
    List<Part> parts =
        StepParts.split(asked.startNanos(), asked.endNanos(), asked.stepNanos(), interval);
    metrics.parts.increment(parts.size());
    Piece whole =
        joined(
            StepParts.inParallel(
                parts,
                own(query).maxQueryParallelism(),
                asked.budget(),
                part -> piece(query, part, interval, ticket)));
    return result(whole, asked);
  }

  private LogsQueryLimits own(LogsRangeQuery query) {
    return limits.of(query.asked().tenants().getFirst());
  }

  /// With the bound of series, which each part has kept for itself.
  private static LogsQueryResult result(Piece whole, LogsQueryRunner.Request asked) {
    Set<String> warnings = new LinkedHashSet<>(whole.warnings());
    List<Series> series = whole.matrix().series();
    if (asked.maxSeries() > 0 && series.size() > asked.maxSeries()) {
      if (!asked.maxSeriesPartial()) {
        throw SeriesLimit.exceeded(asked.maxSeries());
      }
      warnings.add(SeriesLimit.warning(asked.maxSeries()));
      series = series.subList(0, asked.maxSeries());
    }
    long samples = series.stream().mapToLong(s -> s.values().length).sum();
    var statistics =
        new Statistics(whole.statistics().scanned(), whole.statistics().postFilterLines(), samples);
    return new LogsQueryResult(new Matrix(series), List.copyOf(warnings), statistics);
  }

  private static Piece joined(List<Piece> pieces) {
    Set<String> warnings = new LinkedHashSet<>();
    Statistics statistics = Statistics.NONE;
    for (Piece piece : pieces) {
      warnings.addAll(piece.warnings());
      statistics = statistics.plus(piece.statistics());
    }
    return new Piece(
        LogsMatrixParts.join(pieces.stream().map(Piece::matrix).toList()), warnings, statistics);
  }

  private Piece piece(LogsRangeQuery query, Part part, long interval, Ticket ticket) {
    if (cache.isEmpty() || !query.useCache() || !query.shape().cacheable()) {
      return sharded(query, part.start(), part.last(), ticket);
    }
    return new CachedPart(query, part, interval, ticket).answer(cache.orElseThrow());
  }

  /// Evaluates steps in as many shards as their cost is worth.
  private Piece sharded(LogsRangeQuery query, long start, long last, Ticket ticket) {
    long step = query.asked().stepNanos();
    int most = own(query).maxQueryParallelism();
    long windows = Math.max(1, WINDOWS_A_PART * query.shape().backNanos());
    int shards = (int) Math.min(most, (last - start + step) / Math.max(step, windows));
    if (shards > 1) {
      shards = Math.min(shards, costs.shards(query, start, last, ticket));
    }
    if (shards <= 1) {
      return matrix(evaluate(query, start, last, ticket));
    }
    long steps = (last - start) / step + 1;
    var parts = new ArrayList<Part>();
    for (int i = 0; i < shards; i++) {
      long from = start + steps * i / shards * step;
      long to = start + (steps * (i + 1) / shards - 1) * step;
      parts.add(new Part(from, to, i));
    }
    metrics.shards.increment(shards);
    return joined(
        StepParts.inParallel(
            parts,
            most,
            query.asked().budget(),
            part -> matrix(evaluate(query, part.start(), part.last(), ticket))));
  }

  private LogsQueryResult evaluate(LogsRangeQuery query, long start, long last, Ticket ticket) {
    LogsQueryRunner.Request asked = query.asked();
    return ticket.run(asked.budget(), () -> runner.run(query.request(start, last, asked.limit())));
  }

  private static Piece matrix(LogsQueryResult result) {
    if (result.value() instanceof Matrix matrix) {
      return new Piece(matrix, result.warnings(), result.statistics());
    }
    throw new IllegalStateException("a range query gave " + result.value().getClass());
  }

  /// One part, answered from what the cache holds of it and an evaluation of each gap.
  private final class CachedPart {
    private final LogsRangeQuery query;
    private final Part part;
    private final long interval;
    private final Ticket ticket;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Extent> fresh = new ArrayList<>();
    private final long now = clock.millis();

    CachedPart(LogsRangeQuery query, Part part, long interval, Ticket ticket) {
      this.query = query;
      this.part = part;
      this.interval = interval;
      this.ticket = ticket;
    }

    Piece answer(LogsResultCache cache) {
      LogsQueryRunner.Request asked = query.asked();
      long step = asked.stepNanos();
      var key =
          new LogsResultCache.Key(
              asked.tenants(),
              asked.query(),
              step,
              Math.floorMod(asked.startNanos(), step),
              asked.maxSeries(),
              interval,
              part.number());
      // Before any evaluation: a late write during it then makes what we store worthless.
      long version = version();
      long oldest = now - own(query).resultsCacheTtl().toMillis();
      List<Extent> known = cache.extents(key, version, oldest);
      long t = part.start();
      for (Extent extent : known) {
        if (extent.endNanos() < t || extent.startNanos() > part.last()) {
          continue;
        }
        if (extent.startNanos() > t) {
          gap(t, extent.startNanos() - step);
        }
        long from = Math.max(t, extent.startNanos());
        long to = Math.min(part.last(), extent.endNanos());
        pieces.add(
            new Piece(
                LogsMatrixParts.slice(extent.matrix(), from, to), List.of(), Statistics.NONE));
        metrics.cachedSteps.increment((to - from) / step + 1);
        t = to + step;
      }
      if (t <= part.last()) {
        gap(t, part.last());
      }
      if (!fresh.isEmpty()) {
        fresh.addAll(known);
        cache.put(key, version, fresh);
      }
      return joined(pieces);
    }

    private void gap(long start, long last) {
      long step = query.asked().stepNanos();
      Piece piece = sharded(query, start, last, ticket);
      pieces.add(piece);
      metrics.evaluatedSteps.increment((last - start) / step + 1);
      long freshness =
          Math.max(
              own(query).maxCacheFreshness().toMillis(),
              LogsLateWrites.LATENESS.toMillis() + SLACK_MILLIS);
      long closed = (now - freshness) * NANOS_PER_MILLI - query.shape().aheadNanos();
      // A partial answer is nothing to keep.
      if (start > closed || !piece.warnings().isEmpty()) {
        return;
      }
      long end = start + (Math.min(last, closed) - start) / step * step;
      fresh.add(new Extent(start, end, LogsMatrixParts.slice(piece.matrix(), start, end), now));
    }

    /// Of the data behind all steps that the part may have.
    private long version() {
      long start = part.number() * interval - query.shape().backNanos();
      long end = (part.number() + 1) * interval + query.shape().aheadNanos();
      var data =
          new TimeRange(Math.floorDiv(start, NANOS_PER_MILLI), Math.ceilDiv(end, NANOS_PER_MILLI));
      long version = 0;
      for (TenantId tenant : query.asked().tenants()) {
        version = LogsLateWrites.mix(version, lateWrites.version(tenant, data));
      }
      return version;
    }
  }
}
