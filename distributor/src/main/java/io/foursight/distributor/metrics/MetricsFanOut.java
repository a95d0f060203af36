package io.foursight.distributor.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.QuorumWriter.Answer;
import io.foursight.model.SeriesHash;
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
import io.foursight.wire.metrics.rpc.EncodedMetricsSink;
import java.nio.charset.StandardCharsets;
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
  /// Tokens are the same in every process.
  private static final SeriesHash TOKENS = new SeriesHash(0x666f7572L, 0x7369676874L);

  private final RingView ring;
  private final Function<InstanceDescriptor, EncodedMetricsSink> ingesters;
  private final QuorumWriter writer;
  private final TenantLimits<MetricsFanOutLimits> limits;

  public MetricsFanOut(
      RingView ring,
      Function<InstanceDescriptor, EncodedMetricsSink> ingesters,
      QuorumWriter writer,
      TenantLimits<MetricsFanOutLimits> limits) {
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
    int series = batch.seriesCount();
    int[] tokens = new int[series + batch.metadata().size()];
    long[] high = new long[1];
    long[] low = new long[1];
    long salt = hash(tenant.value(), high, low);
    for (int i = 0; i < series; i++) {
      TOKENS.hash(batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i), high, low, 0);
      tokens[i] = token(high[0], salt);
    }
    for (int i = series; i < tokens.length; i++) {
      String family = batch.metadata().get(i - series).metricFamily();
      tokens[i] = token(hash(family, high, low), salt);
    }
    return tokens;
  }

  private static long hash(String text, long[] high, long[] low) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    TOKENS.hash(bytes, 0, bytes.length, high, low, 0);
    return high[0];
  }

  private static int token(long hash, long salt) {
    long mixed = (hash ^ salt) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32);
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

  /// Every item has been answered by as many replicas on average as there are answered items for
  /// each item of the batch.
  private static MetricsWriteResult merged(
      MetricsBatch batch, List<Answer<MetricsWriteResult>> answers, int items) {
    Map<String, Rejection> refused = new LinkedHashMap<>();
    long answered = 0;
    long exemplars = 0;
    long samples = 0;
    long histograms = 0;
    for (Answer<MetricsWriteResult> answer : answers) {
      answered += answer.items();
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
    double copies = (double) answered / Math.max(1, items);
    var rejections = new ArrayList<Rejection>();
    for (Rejection r : refused.values()) {
      int count = (int) Math.round(r.count() / copies);
      if (count > 0) {
        rejections.add(new Rejection(r.reason(), r.kind(), r.message(), count));
      }
    }
    return new MetricsWriteResult(
        (int) Math.min(batch.sampleCount(), Math.round(samples / copies)),
        (int) Math.min(batch.histogramCount(), Math.round(histograms / copies)),
        (int) Math.min(batch.exemplars().size(), Math.round(exemplars / copies)),
        rejections);
  }
}
