package io.foursight.distributor.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.replication.Copies;
import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.QuorumWriter.Answer;
import io.foursight.distributor.replication.RingTokens;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSink;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import io.foursight.wire.profiles.rpc.ProfilesBatchCodec;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// The Sink over many ingesters: each profile goes to the replicas that the ring names for its
/// token, a hash of tenant and labels without the profile type, so that the sample types of a
/// target's files stay together with their symbols. Safe from any thread.
///
/// Replicas refuse alike, so the sender is told what most of them refused.
public final class ProfilesFanOut implements ProfilesSink {
  private static final Set<String> TYPE =
      Set.of(
          ProfileType.LABEL,
          Labels.METRIC_NAME,
          "__type__",
          "__unit__",
          "__period_type__",
          "__period_unit__");

  private final RingView ring;
  private final Function<InstanceDescriptor, EncodedSink<ProfilesWriteResult>> ingesters;
  private final QuorumWriter writer;
  private final TenantLimits<ShardingLimits> limits;

  public ProfilesFanOut(
      RingView ring,
      Function<InstanceDescriptor, EncodedSink<ProfilesWriteResult>> ingesters,
      QuorumWriter writer,
      TenantLimits<ShardingLimits> limits) {
    this.ring = ring;
    this.ingesters = ingesters;
    this.writer = writer;
    this.limits = limits;
  }

  @Override
  public ProfilesWriteResult write(TenantId tenant, ProfilesBatch batch) {
    int[] tokens = tokens(tenant, batch);
    Ring shard =
        ring.ring().shuffleShard(tenant.value(), limits.of(tenant).ingestionTenantShardSize());
    List<Answer<ProfilesWriteResult>> answers =
        writer.write(
            shard,
            tokens,
            tokens.length,
            (items, count) ->
                count == batch.profiles()
                    ? ProfilesBatchCodec.encode(tenant, batch)
                    : ProfilesBatchCodec.encode(tenant, batch, items, count),
            (to, message) -> ingesters.apply(to).write(message),
            result -> !result.rejections().isEmpty());
    return merged(batch, answers, tokens.length);
  }

  static int[] tokens(TenantId tenant, ProfilesBatch batch) {
    var places = new RingTokens(tenant);
    var name = new ProtoWriter(256);
    int[] tokens = new int[batch.profiles()];
    for (int p = 0; p < tokens.length; p++) {
      var target = new TreeMap<>(batch.labels(p).toMap());
      target.keySet().removeAll(TYPE);
      name.clear();
      LabelPairs.write(name, Labels.of(target));
      tokens[p] = places.of(name.array(), 0, name.size());
    }
    return tokens;
  }

  private static ProfilesWriteResult merged(
      ProfilesBatch batch, List<Answer<ProfilesWriteResult>> answers, int items) {
    Map<String, Rejection> refused = new LinkedHashMap<>();
    long profiles = 0;
    for (Answer<ProfilesWriteResult> answer : answers) {
      profiles += answer.result().profiles();
      for (Rejection r : answer.result().rejections()) {
        refused.merge(
            r.reason() + r.kind(),
            r,
            (a, b) ->
                new Rejection(a.reason(), a.kind(), a.message(), a.profiles() + b.profiles()));
      }
    }
    if (refused.isEmpty()) {
      return new ProfilesWriteResult(batch.profiles(), List.of());
    }
    Copies copies = Copies.of(answers, items);
    var rejections = new ArrayList<Rejection>();
    for (Rejection r : refused.values()) {
      int count = (int) copies.share(r.profiles());
      if (count > 0) {
        rejections.add(new Rejection(r.reason(), r.kind(), r.message(), count));
      }
    }
    int stored = (int) Math.min(batch.profiles(), copies.share(profiles));
    return new ProfilesWriteResult(stored, rejections);
  }
}
