package io.foursight.queryfrontend.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.StepParts;
import io.foursight.queryfrontend.StepParts.Part;
import io.foursight.queryfrontend.metrics.ResultCache.Extent;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Answers a range query from parts: the steps are cut at multiples of the split interval on the
/// absolute clock, each part takes from the cache what is there and evaluates the rest, and the
/// parts run at the same time within the tenant's parallelism. Equal to one evaluation of the
/// whole, but for errors that only the whole can see (equal label sets at different times).
///
/// Cached are steps whose data are older than the tenant's freshness. They are used as long as no
/// late sample came into the range of their data.
final class RangeExecutor {
  private record Piece(Matrix matrix, Annotations annotations) {}

  private final MetricsQueryRunner runner;
  private final Optional<ResultCache> cache;
  private final MetricsLateWrites lateWrites;
  private final TenantLimits<MetricsQueryLimits> limits;
  private final long splitMillis;
  private final Clock clock;
  private final QueryFrontendMetrics metrics;

  /// @param splitMillis 0 = queries are evaluated whole and not cached
  RangeExecutor(
      MetricsQueryRunner runner,
      Optional<ResultCache> cache,
      MetricsLateWrites lateWrites,
      TenantLimits<MetricsQueryLimits> limits,
      long splitMillis,
      Clock clock,
      QueryFrontendMetrics metrics) {
    this.runner = runner;
    this.cache = cache;
    this.lateWrites = lateWrites;
    this.limits = limits;
    this.splitMillis = splitMillis;
    this.clock = clock;
    this.metrics = metrics;
  }

  MetricsQueryResult run(RangeQuery query, Ticket ticket) {
    if (!query.shape().splittable() || splitMillis == 0) {
      return evaluate(query, query.startMillis(), query.endMillis(), ticket);
    }
    long interval = StepParts.interval(query.stepMillis(), splitMillis, 0);
    List<Part> parts =
        StepParts.split(query.startMillis(), query.endMillis(), query.stepMillis(), interval);
    metrics.parts.increment(parts.size());
    List<Piece> pieces =
        StepParts.inParallel(
            parts,
            limits.of(query.tenants().getFirst()).maxQueryParallelism(),
            query.budget(),
            part -> piece(query, part, interval, ticket));
    Annotations annotations = Annotations.NONE;
    for (Piece piece : pieces) {
      annotations = annotations.plus(piece.annotations());
    }
    return new MetricsQueryResult(
        MatrixParts.join(pieces.stream().map(Piece::matrix).toList()), annotations);
  }

  private Piece piece(RangeQuery query, Part part, long interval, Ticket ticket) {
    if (cache.isEmpty() || !query.useCache() || !query.shape().cacheable()) {
      return matrix(evaluate(query, part.start(), part.last(), ticket));
    }
    return new CachedPart(query, part, interval, ticket).answer(cache.orElseThrow());
  }

  private MetricsQueryResult evaluate(RangeQuery query, long start, long end, Ticket ticket) {
    return ticket.run(query.budget(), () -> runner.run(query.request(start, end)));
  }

  private static Piece matrix(MetricsQueryResult result) {
    if (result.value() instanceof Matrix matrix) {
      return new Piece(matrix, result.annotations());
    }
    throw new IllegalStateException("a range query gave " + result.value().getClass());
  }

  /// One part, answered from what the cache holds of it and an evaluation of each gap.
  private final class CachedPart {
    private final RangeQuery query;
    private final Part part;
    private final long interval;
    private final Ticket ticket;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Extent> fresh = new ArrayList<>();
    private final long now = clock.millis();

    CachedPart(RangeQuery query, Part part, long interval, Ticket ticket) {
      this.query = query;
      this.part = part;
      this.interval = interval;
      this.ticket = ticket;
    }

    Piece answer(ResultCache cache) {
      long step = query.stepMillis();
      var key =
          new ResultCache.Key(
              query.tenants(),
              query.query(),
              step,
              Math.floorMod(query.startMillis(), step),
              query.lookback(),
              query.options(),
              interval,
              part.number());
      // Before any evaluation: a late write during it then makes what we store worthless.
      long version = version();
      List<Extent> known = cache.extents(key, version, now - ttlMillis());
      long t = part.start();
      for (Extent extent : known) {
        if (extent.endMillis() < t || extent.startMillis() > part.last()) {
          continue;
        }
        if (extent.startMillis() > t) {
          gap(t, extent.startMillis() - step);
        }
        long from = Math.max(t, extent.startMillis());
        long to = Math.min(part.last(), extent.endMillis());
        pieces.add(new Piece(MatrixParts.slice(extent.matrix(), from, to), extent.annotations()));
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
      Annotations annotations = Annotations.NONE;
      for (Piece piece : pieces) {
        annotations = annotations.plus(piece.annotations());
      }
      return new Piece(MatrixParts.join(pieces.stream().map(Piece::matrix).toList()), annotations);
    }

    private void gap(long start, long end) {
      Piece piece = matrix(evaluate(query, start, end, ticket));
      pieces.add(piece);
      metrics.evaluatedSteps.increment((end - start) / query.stepMillis() + 1);
      // The extra minute covers clocks that are set back a little.
      long freshness =
          Math.max(
              limits.of(query.tenants().getFirst()).maxCacheFreshness().toMillis(),
              lateWrites.lateness().toMillis() + 60_000);
      long closed = now - freshness - query.shape().aheadMillis();
      if (start > closed) {
        return;
      }
      long last = start + (Math.min(end, closed) - start) / query.stepMillis() * query.stepMillis();
      fresh.add(
          new Extent(
              start,
              last,
              MatrixParts.slice(piece.matrix(), start, last),
              piece.annotations(),
              now));
    }

    private long version() {
      long start = saturated(part.number(), interval);
      long end = saturated(part.number() + 1, interval);
      var data =
          new TimeRange(
              start < Long.MIN_VALUE / 2 ? Long.MIN_VALUE : start - query.shape().backMillis(),
              end > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : end + query.shape().aheadMillis());
      long version = 0;
      for (TenantId tenant : query.tenants()) {
        version += lateWrites.version(tenant, data);
      }
      return version;
    }

    private static long saturated(long a, long b) {
      long high = Math.multiplyHigh(a, b);
      long low = a * b;
      return high == low >> 63 ? low : high < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    private long ttlMillis() {
      MetricsQueryLimits own = limits.of(query.tenants().getFirst());
      return (lateWrites.exact()
              ? own.resultsCacheTtl()
              : own.resultsCacheTtlForOutOfOrderTimeWindow())
          .toMillis();
    }
  }
}
