package io.foursight.wire.logs.rpc;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.StreamVolume;
import io.foursight.wire.logs.rpc.LogsSelectCodec.Details;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Texts;
import java.util.List;
import java.util.Set;

/// A Source in another process. A select returns when the peer has its snapshot, so that the order
/// in which Sources are asked means the same as in one process. Safe from any thread.
public final class RemoteLogsSource implements LogsSource {
  private final RpcCaller caller;
  private final LogsSourceMethods methods;
  private final List<TenantId> tenants;
  private final List<String> blocks;

  /// Reads the tenant of each select.
  public RemoteLogsSource(RpcCaller caller, LogsSourceMethods methods) {
    this(caller, methods, List.of(), List.of());
  }

  /// @param tenants read as one, whatever the select says; empty = the tenant of each select
  /// @param blocks the blocks to read; empty = everything
  public RemoteLogsSource(
      RpcCaller caller, LogsSourceMethods methods, List<TenantId> tenants, List<String> blocks) {
    this.caller = caller;
    this.methods = methods;
    this.tenants = List.copyOf(tenants);
    this.blocks = List.copyOf(blocks);
  }

  private RpcStream call(RpcMethod method, LogsSelect select, Details details) {
    List<TenantId> asked = tenants.isEmpty() ? List.of(select.tenant()) : tenants;
    byte[] request = LogsSelectCodec.encode(asked, blocks, select, details);
    return caller.call(method, request, CallScope.of(select.budget()).of(asked));
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    return new RemoteLogsCursor(call(methods.select(), select, Details.NONE), select.budget());
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return VolumeCodec.receiveSeries(call(methods.series(), select, Details.NONE));
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return Texts.receive(call(methods.labelNames(), select, Details.NONE));
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return Texts.receive(call(methods.labelValues(), select, new Details(label, 0, 0)));
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    var in = new ProtoReader(call(methods.stats(), select, Details.NONE).single());
    LogsStats stats = LogsStats.NONE;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        stats = LogsPageReader.readStats(in);
      } else {
        in.skip(tag);
      }
    }
    return stats;
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return VolumeCodec.receiveVolumes(
        call(methods.volumes(), select, new Details("", stepNanos, 0)));
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return VolumeCodec.receivePatterns(
        call(methods.patterns(), select, new Details("", stepNanos, limit)));
  }

  @Override
  public Set<String> coveredBlocks(LogsSelect select) {
    return Set.copyOf(Texts.receive(call(methods.coveredBlocks(), select, Details.NONE)));
  }
}
