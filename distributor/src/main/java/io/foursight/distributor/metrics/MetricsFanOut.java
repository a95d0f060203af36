package io.foursight.distributor.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.replication.Copies;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.QuorumWriter.Answer;
import io.foursight.distributor.replication.RingTokens;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import io.foursight.wire.metrics.rpc.BatchCodec;
import io.foursight.wire.signals.EncodedSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The Sink over many ingesters: each series goes to the replicas that the ring names for its
/// token, a hash of tenant and labels; metadata go by the hash of the family. Safe from any thread.
///
/// Replicas refuse alike, so the sender is told what most of them refused.
public final class MetricsFanOut implements MetricsSink {
  private final RingView ring;
  private final Function<InstanceDescriptor, EncodedSink<MetricsWriteResult>> ingesters;
  private final QuorumWriter writer;
  private final TenantLimits<ShardingLimits> limits;

  public MetricsFanOut(
      RingView ring,
      Function<InstanceDescriptor, EncodedSink<MetricsWriteResult>> ingesters,
      QuorumWriter writer,
      TenantLimits<ShardingLimits> limits) {
    this.ring = ring;
    this.ingesters = ingesters;
    this.writer = writer;
    this.limits = limits;
  }

  @Override
  public MetricsWriteResult write(TenantId tenant, MetricsBatch batch) {
    int series = batch.seriesCount();
    int[] tokens = tokens(tenant, batch);
    Ring shard =
        ring.ring().shuffleShard(tenant.value(), limits.of(tenant).ingestionTenantShardSize());
    List<Answer<MetricsWriteResult>> answers =
        writer.write(
            shard,
            tokens,
            tokens.length,
            (items, count) -> encode(tenant, batch, series, items, count),
            (to, message) -> ingesters.apply(to).write(message),
            result -> !result.rejections().isEmpty());
    return merged(batch, answers, tokens.length);
  }

  static int[] tokens(TenantId tenant, MetricsBatch batch) {
    var places = new RingTokens(tenant);
    int series = batch.seriesCount();
    int[] tokens = new int[series + batch.metadata().size()];
    for (int i = 0; i < series; i++) {
      tokens[i] = places.of(batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i));
    }
    for (int i = series; i < tokens.length; i++) {
      tokens[i] = places.of(batch.metadata().get(i - series).metricFamily());
    }
    return tokens;
  }

  private static byte[] encode(
      TenantId tenant, MetricsBatch batch, int series, int[] items, int count) {
    int split = 0;
    while (split < count && items[split] < series) {
      split++;
    }
    List<MetricMetadata> metadata = new ArrayList<>(count - split);
    for (int i = split; i < count; i++) {
      metadata.add(batch.metadata().get(items[i] - series));
    }
    return BatchCodec.encode(tenant, batch, items, split, metadata);
  }

  private static MetricsWriteResult merged(
      MetricsBatch batch, List<Answer<MetricsWriteResult>> answers, int items) {
    Map<String, Rejection> refused = new LinkedHashMap<>();
    long exemplars = 0;
    long samples = 0;
    long histograms = 0;
    for (Answer<MetricsWriteResult> answer : answers) {
      samples += answer.result().samples();
      histograms += answer.result().histograms();
      exemplars += answer.result().exemplars();
      for (Rejection r : answer.result().rejections()) {
        refused.merge(
            r.reason() + r.kind(),
            r,
            (a, b) -> new Rejection(a.reason(), a.kind(), a.message(), a.count() + b.count()));
      }
    }
    if (refused.isEmpty()) {
      return new MetricsWriteResult(
          batch.sampleCount(), batch.histogramCount(), batch.exemplars().size(), List.of());
    }
    Copies copies = Copies.of(answers, items);
    var rejections = new ArrayList<Rejection>();
    for (Rejection r : refused.values()) {
      int count = (int) copies.share(r.count());
      if (count > 0) {
        rejections.add(new Rejection(r.reason(), r.kind(), r.message(), count));
      }
    }
    return new MetricsWriteResult(
        (int) Math.min(batch.sampleCount(), copies.share(samples)),
        (int) Math.min(batch.histogramCount(), copies.share(histograms)),
        (int) Math.min(batch.exemplars().size(), copies.share(exemplars)),
        rejections);
  }
}
