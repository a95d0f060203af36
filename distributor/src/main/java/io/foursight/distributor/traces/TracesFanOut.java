package io.foursight.distributor.traces;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.replication.Copies;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.QuorumWriter.Answer;
import io.foursight.distributor.replication.RingTokens;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesSink;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.traces.rpc.TracesBatchCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The Sink over many ingesters: each trace goes to the replicas that the ring names for its token,
/// a hash of tenant and trace id, so that an ingester has all of a trace or nothing. Safe from any
/// thread.
///
/// Replicas refuse alike, so the sender is told what most of them refused.
public final class TracesFanOut implements TracesSink {
  private final RingView ring;
  private final Function<InstanceDescriptor, EncodedSink<TracesWriteResult>> ingesters;
  private final QuorumWriter writer;
  private final TenantLimits<ShardingLimits> limits;

  public TracesFanOut(
      RingView ring,
      Function<InstanceDescriptor, EncodedSink<TracesWriteResult>> ingesters,
      QuorumWriter writer,
      TenantLimits<ShardingLimits> limits) {
    this.ring = ring;
    this.ingesters = ingesters;
    this.writer = writer;
    this.limits = limits;
  }

  @Override
  public TracesWriteResult write(TenantId tenant, TracesBatch batch) {
    Traces traces = traces(batch);
    int[] tokens = tokens(tenant, traces);
    Ring shard =
        ring.ring().shuffleShard(tenant.value(), limits.of(tenant).ingestionTenantShardSize());
    List<Answer<TracesWriteResult>> answers =
        writer.write(
            shard,
            tokens,
            tokens.length,
            (items, count) -> encode(tenant, batch, traces, items, count),
            (to, message) -> ingesters.apply(to).write(message),
            result -> !result.rejections().isEmpty());
    return merged(batch, answers, tokens.length);
  }

  /// @param ids the traces of a batch, in the order in which they appear
  /// @param traceOf by span, the number of its trace
  record Traces(List<TraceId> ids, int[] traceOf) {}

  static Traces traces(TracesBatch batch) {
    var ids = new ArrayList<TraceId>();
    Map<TraceId, Integer> numbers = new HashMap<>();
    int[] traceOf = new int[batch.spanCount()];
    for (int span = 0; span < traceOf.length; span++) {
      if (span > 0
          && batch.traceLow(span) == batch.traceLow(span - 1)
          && batch.traceHigh(span) == batch.traceHigh(span - 1)) {
        traceOf[span] = traceOf[span - 1];
        continue;
      }
      var id = new TraceId(batch.traceHigh(span), batch.traceLow(span));
      Integer known = numbers.putIfAbsent(id, ids.size());
      traceOf[span] = known == null ? ids.size() : known;
      if (known == null) {
        ids.add(id);
      }
    }
    return new Traces(ids, traceOf);
  }

  static int[] tokens(TenantId tenant, Traces traces) {
    var places = new RingTokens(tenant);
    var id = ByteBuffer.allocate(2 * Long.BYTES);
    int[] tokens = new int[traces.ids().size()];
    for (int i = 0; i < tokens.length; i++) {
      TraceId trace = traces.ids().get(i);
      id.putLong(0, trace.high()).putLong(Long.BYTES, trace.low());
      tokens[i] = places.of(id.array(), 0, id.capacity());
    }
    return tokens;
  }

  private static byte[] encode(
      TenantId tenant, TracesBatch batch, Traces traces, int[] items, int count) {
    if (count == traces.ids().size()) {
      return TracesBatchCodec.encode(tenant, batch);
    }
    int[] spans = new int[batch.spanCount()];
    int chosen = 0;
    for (int span = 0; span < spans.length; span++) {
      if (Arrays.binarySearch(items, 0, count, traces.traceOf()[span]) >= 0) {
        spans[chosen++] = span;
      }
    }
    return TracesBatchCodec.encode(tenant, batch, spans, chosen);
  }

  private static TracesWriteResult merged(
      TracesBatch batch, List<Answer<TracesWriteResult>> answers, int items) {
    Map<String, Rejection> refused = new LinkedHashMap<>();
    long spans = 0;
    for (Answer<TracesWriteResult> answer : answers) {
      spans += answer.result().spans();
      for (Rejection r : answer.result().rejections()) {
        refused.merge(
            r.reason() + r.kind(),
            r,
            (a, b) -> new Rejection(a.reason(), a.kind(), a.message(), a.spans() + b.spans()));
      }
    }
    if (refused.isEmpty()) {
      return new TracesWriteResult(batch.spanCount(), List.of());
    }
    Copies copies = Copies.of(answers, items);
    var rejections = new ArrayList<Rejection>();
    for (Rejection r : refused.values()) {
      int count = (int) copies.share(r.spans());
      if (count > 0) {
        rejections.add(new Rejection(r.reason(), r.kind(), r.message(), count));
      }
    }
    int stored = (int) Math.min(batch.spanCount(), copies.share(spans));
    return new TracesWriteResult(stored, rejections);
  }
}
