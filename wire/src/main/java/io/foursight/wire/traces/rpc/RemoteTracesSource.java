package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesTags;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Items;
import io.foursight.wire.signals.Texts;
import io.foursight.wire.traces.rpc.TracesSelectCodec.Details;
import java.util.List;
import java.util.Set;

/// A Source in another process. A select returns when the peer has its snapshot, so that the order
/// in which Sources are asked means the same as in one process. Safe from any thread.
public final class RemoteTracesSource implements TracesSource {
  private final RpcCaller caller;
  private final TracesSourceMethods methods;
  private final List<String> blocks;

  public RemoteTracesSource(RpcCaller caller, TracesSourceMethods methods) {
    this(caller, methods, List.of());
  }

  /// @param blocks the blocks to read; empty = everything
  public RemoteTracesSource(RpcCaller caller, TracesSourceMethods methods, List<String> blocks) {
    this.caller = caller;
    this.methods = methods;
    this.blocks = List.copyOf(blocks);
  }

  private RpcStream call(RpcMethod method, TracesSelect select, Details details) {
    byte[] request = TracesSelectCodec.encode(blocks, select, details);
    return caller.call(method, request, CallScope.of(select.budget()));
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    return new RemoteTracesCursor(call(methods.select(), select, Details.NONE), select);
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return CandidatesCodec.receive(
        call(methods.candidates(), select, new Details(limit, 0)), select.budget());
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    TracesSelect one =
        TracesSelect.spans(tenant, startNanos, endNanos, SpanFilter.ALL, List.of(), budget)
            .traces(List.of(id));
    return PiecesCodec.receive(call(methods.trace(), one, new Details(0, maxBytes)), budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return Items.receive(call(methods.tagNames(), select, Details.NONE), SpanValueCodec::readTags);
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    var asked =
        new TracesSelect(
            select.tenant(),
            select.startNanos(),
            select.endNanos(),
            select.ids(),
            select.filter(),
            select.wholeTraces(),
            List.of(field),
            select.withoutBlocks(),
            select.budget());
    return Items.receive(
        call(methods.tagValues(), asked, new Details(limit, 0)), SpanValueCodec::read);
  }

  @Override
  public Set<String> coveredBlocks(TracesSelect select) {
    return Set.copyOf(Texts.receive(call(methods.coveredBlocks(), select, Details.NONE)));
  }
}
