package io.foursight.wire.metrics.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A Source in another process. A series call returns when the peer has its snapshot, so that the
/// order in which Sources are asked means the same as in one process. Safe from any thread.
public final class RemoteMetricsSource implements MetricsSource {
  private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(30);

  private final RpcCaller caller;
  private final MetricsSourceMethods methods;
  private final List<TenantId> tenants;
  private final List<String> blocks;

  /// Reads the tenant of each select.
  public RemoteMetricsSource(RpcCaller caller, MetricsSourceMethods methods) {
    this(caller, methods, List.of(), List.of());
  }

  /// @param tenants read as one, whatever the select says; empty = the tenant of each select
  /// @param blocks the blocks to read; empty = everything
  public RemoteMetricsSource(
      RpcCaller caller, MetricsSourceMethods methods, List<TenantId> tenants, List<String> blocks) {
    this.caller = caller;
    this.methods = methods;
    this.tenants = List.copyOf(tenants);
    this.blocks = List.copyOf(blocks);
  }

  private RpcStream call(RpcMethod method, MetricsSelect select, String text, CallScope scope) {
    List<TenantId> asked = tenants.isEmpty() ? List.of(select.tenant()) : tenants;
    return caller.call(method, SelectCodec.encode(asked, blocks, select, text), scope.of(asked));
  }

  private RpcStream call(RpcMethod method, MetricsSelect select, String text) {
    return call(method, select, text, CallScope.of(select.budget()));
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return new RemoteSeriesCursor(call(methods.select(), select, ""), select.budget());
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return new RemoteSeriesCursor(call(methods.series(), select, ""), select.budget());
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return Texts.receive(call(methods.labelNames(), select, ""));
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return Texts.receive(call(methods.labelValues(), select, label));
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return ExemplarCodec.receive(call(methods.exemplars(), select, ""));
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    var select = new MetricsSelect(tenant, TimeRange.ALL, List.of(), QueryBudget.unlimited());
    var all = new ArrayList<MetricMetadata>();
    try (RpcStream stream =
        call(methods.metadata(), select, metric, CallScope.of(Deadline.after(METADATA_TIMEOUT)))) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          if (tag == (1 << 3 | ProtoReader.BYTES)) {
            all.add(MetadataCodec.read(in));
          } else {
            in.skip(tag);
          }
        }
      }
    }
    return all;
  }
}
