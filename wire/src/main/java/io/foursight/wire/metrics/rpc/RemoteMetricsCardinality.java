package io.foursight.wire.metrics.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.metrics.rpc.MetricsCardinalityService.Methods;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What another process's heads tell about themselves. Safe from any thread.
public final class RemoteMetricsCardinality implements MetricsCardinality, MetricsLateWrites {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final RpcCaller caller;
  private final Methods methods;

  public RemoteMetricsCardinality(RpcCaller caller, Methods methods) {
    this.caller = caller;
    this.methods = methods;
  }

  @Override
  public SeriesCursor series(
      TenantId tenant, List<LabelMatcher> matchers, Scope scope, QueryBudget budget) {
    var select = new MetricsSelect(tenant, TimeRange.ALL, matchers, budget);
    byte[] request = SelectCodec.encode(List.of(tenant), List.of(), select, scope.name());
    return new RemoteSeriesCursor(
        caller.call(methods.series(), request, CallScope.of(budget).of(List.of(tenant))), budget);
  }

  @Override
  public List<HistogramSeries> activeNativeHistograms(
      TenantId tenant, List<LabelMatcher> matchers, QueryBudget budget) {
    var select = new MetricsSelect(tenant, TimeRange.ALL, matchers, budget);
    byte[] request = SelectCodec.encode(List.of(tenant), List.of(), select, "");
    var all = new ArrayList<HistogramSeries>();
    var buckets = new SampleColumns();
    try (RpcStream stream =
        caller.call(
            methods.nativeHistograms(), request, CallScope.of(budget).of(List.of(tenant)))) {
      var reader = new SeriesFrameReader(stream::next);
      while (reader.next()) {
        reader.samples(buckets);
        all.add(new HistogramSeries(reader.labels(), (int) buckets.value(0)));
      }
    }
    return all;
  }

  @Override
  public TenantStats stats(TenantId tenant) {
    return MetricsCardinalityService.decode(
        caller
            .call(
                methods.stats(),
                request(tenant, TimeRange.ALL),
                CallScope.of(Deadline.after(TIMEOUT)).of(List.of(tenant)))
            .single());
  }

  @Override
  public long version(TenantId tenant, TimeRange range) {
    return Texts.number(
        caller
            .call(
                methods.lateVersion(),
                request(tenant, range),
                CallScope.of(Deadline.after(TIMEOUT)).of(List.of(tenant)))
            .single());
  }

  private static byte[] request(TenantId tenant, TimeRange range) {
    var select = new MetricsSelect(tenant, range, List.of(), QueryBudget.unlimited());
    return SelectCodec.encode(List.of(tenant), List.of(), select, "");
  }

  /// The version of another process is asked for each time, so it is as exact as its own.
  @Override
  public boolean exact() {
    return true;
  }
}
