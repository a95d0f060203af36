package io.foursight.distributor.logs;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.replication.Copies;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.QuorumWriter.Answer;
import io.foursight.distributor.replication.RingTokens;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsSink;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import io.foursight.wire.logs.rpc.LogsBatchCodec;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The Sink over many ingesters: each stream goes to the replicas that the ring names for its
/// token, a hash of tenant and labels. Safe from any thread.
///
/// Replicas refuse alike, so the sender is told what most of them refused.
public final class LogsFanOut implements LogsSink {
  private final RingView ring;
  private final Function<InstanceDescriptor, EncodedSink<LogsWriteResult>> ingesters;
  private final QuorumWriter writer;
  private final TenantLimits<ShardingLimits> limits;

  public LogsFanOut(
      RingView ring,
      Function<InstanceDescriptor, EncodedSink<LogsWriteResult>> ingesters,
      QuorumWriter writer,
      TenantLimits<ShardingLimits> limits) {
    this.ring = ring;
    this.ingesters = ingesters;
    this.writer = writer;
    this.limits = limits;
  }

  @Override
  public LogsWriteResult write(TenantId tenant, LogsBatch batch) {
    int[] streams = streams(batch);
    int[] tokens = tokens(tenant, batch, streams);
    Ring shard =
        ring.ring().shuffleShard(tenant.value(), limits.of(tenant).ingestionTenantShardSize());
    List<Answer<LogsWriteResult>> answers =
        writer.write(
            shard,
            tokens,
            tokens.length,
            (items, count) -> encode(tenant, batch, streams, items, count),
            (to, message) -> ingesters.apply(to).write(message),
            result -> !result.rejections().isEmpty());
    return merged(batch, answers, tokens.length);
  }

  /// Those that have entries.
  private static int[] streams(LogsBatch batch) {
    int[] streams = new int[batch.streamCount()];
    int count = 0;
    for (int s = 0; s < streams.length; s++) {
      if (batch.entryEnd(s) > batch.entryStart(s)) {
        streams[count++] = s;
      }
    }
    return Arrays.copyOf(streams, count);
  }

  static int[] tokens(TenantId tenant, LogsBatch batch, int[] streams) {
    var places = new RingTokens(tenant);
    var name = new ProtoWriter(256);
    int[] tokens = new int[streams.length];
    for (int i = 0; i < tokens.length; i++) {
      name.clear();
      LabelPairs.write(name, batch.labels(streams[i]));
      tokens[i] = places.of(name.array(), 0, name.size());
    }
    return tokens;
  }

  private static byte[] encode(
      TenantId tenant, LogsBatch batch, int[] streams, int[] items, int count) {
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = streams[items[i]];
    }
    return LogsBatchCodec.encode(tenant, batch, chosen, count);
  }

  private static LogsWriteResult merged(
      LogsBatch batch, List<Answer<LogsWriteResult>> answers, int items) {
    Map<String, Rejection> refused = new LinkedHashMap<>();
    long entries = 0;
    for (Answer<LogsWriteResult> answer : answers) {
      entries += answer.result().entries();
      for (Rejection r : answer.result().rejections()) {
        // Messages name the stream.
        refused.merge(
            r.reason() + r.message(),
            r,
            (a, b) ->
                new Rejection(
                    a.reason(),
                    a.kind(),
                    a.message(),
                    a.count() + b.count(),
                    a.bytes() + b.bytes()));
      }
    }
    if (refused.isEmpty()) {
      return new LogsWriteResult(batch.entryCount(), List.of());
    }
    Copies copies = Copies.of(answers, items);
    var rejections = new ArrayList<Rejection>();
    for (Rejection r : refused.values()) {
      int count = (int) copies.share(r.count());
      if (count > 0) {
        rejections.add(
            new Rejection(r.reason(), r.kind(), r.message(), count, copies.share(r.bytes())));
      }
    }
    int stored = (int) Math.min(batch.entryCount(), copies.share(entries));
    return new LogsWriteResult(stored, rejections);
  }
}
