package io.foursight.queryfrontend.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.metrics.json.PrometheusJson;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What all read routes share: a budget that ends with the client, a place in the fair queue, the
/// tenants' data, and the envelope of answers. Safe from any thread.
final class ReadDesk {
  /// Answers of more samples or labels than this are streamed instead of being built in memory.
  static final long STREAM_FROM = 50_000;

  private final Function<List<TenantId>, MetricsSource> sources;
  private final QueryFrontendConfig config;
  private final TenantLimits<MetricsQueryLimits> limits;
  private final FairQueue queue;
  private final QueryFrontendMetrics metrics;

  ReadDesk(
      Function<List<TenantId>, MetricsSource> sources,
      QueryFrontendConfig config,
      TenantLimits<MetricsQueryLimits> limits,
      FairQueue queue,
      QueryFrontendMetrics metrics) {
    this.sources = sources;
    this.config = config;
    this.limits = limits;
    this.queue = queue;
    this.metrics = metrics;
  }

  QueryFrontendConfig config() {
    return config;
  }

  MetricsQueryLimits limits(List<TenantId> tenants) {
    return limits.of(tenants.getFirst());
  }

  /// The data of the tenants, read as one.
  MetricsSource source(List<TenantId> tenants) {
    return sources.apply(tenants);
  }

  /// The bounds of one request; it ends early when the client goes away.
  ///
  /// @param timeout what the client asks for; the configured one bounds it
  QueryBudget budget(HttpCall call, List<TenantId> tenants, Optional<Duration> timeout) {
    Duration most = config.queryTimeout();
    Duration allowed = timeout.filter(t -> t.compareTo(most) < 0).orElse(most);
    var budget =
        new QueryBudget(
            limits(tenants).memoryPerQuery(), config.maxSamples(), Deadline.after(allowed));
    call.onCancel(budget::cancel);
    return budget;
  }

  /// @throws FoursightException `LIMIT_EXCEEDED` when the tenant has too many requests under way
  Ticket admit(List<TenantId> tenants) {
    try {
      return queue.admit(tenants.stream().map(TenantId::value).collect(Collectors.joining("|")));
    } catch (FoursightException e) {
      metrics.refused.increment();
      throw e;
    }
  }

  /// Work of a request that needs one slot only.
  <T> T inSlot(List<TenantId> tenants, QueryBudget budget, Function<MetricsSource, T> work) {
    try (Ticket ticket = admit(tenants)) {
      return ticket.run(budget, () -> work.apply(source(tenants)));
    }
  }

  static HttpReply success(Consumer<JsonBuffer> data) {
    return success(0, Annotations.NONE, data);
  }

  /// @param size rough number of things in the answer
  static HttpReply success(long size, Annotations annotations, Consumer<JsonBuffer> data) {
    if (size > STREAM_FROM) {
      return HttpReply.stream(
          200,
          "application/json",
          stream -> {
            var out = new JsonBuffer(stream);
            PrometheusJson.success(out, data, annotations);
            out.flush();
          });
    }
    var out = new JsonBuffer();
    PrometheusJson.success(out, data, annotations);
    return HttpReply.json(200, out.toByteArray());
  }
}
