package io.foursight.ingester.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalHeads;
import io.foursight.ingester.WriteGate;
import io.foursight.model.ErrorKind;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSink;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Recent profiles of all tenants of this process: durable in the log and visible in memory before
/// a write returns. Writes are refused with `UNAVAILABLE` before [#replayed], after [#close], and
/// past the bounds of the instance (memory, log, requests at once, tenants). Safe from any thread.
public final class ProfilesIngester extends SignalHeads<ProfilesHead, ProfilesSegment>
    implements ProfilesSink, ProfilesSource {
  private static final int POOLED_SCRATCHES = 16;

  private final ProfilesIngesterConfig profilesConfig;
  private final TenantLimits<ProfilesLimits> limits;
  private final ProfilesIngesterMetrics metrics;
  private final ArrayBlockingQueue<ProfilesScratch> scratches =
      new ArrayBlockingQueue<>(POOLED_SCRATCHES);

  public ProfilesIngester(
      IngesterConfig config,
      ProfilesIngesterConfig profilesConfig,
      TenantLimits<ProfilesLimits> limits,
      Wal wal,
      Clock clock,
      RandomGenerator random,
      IngesterMetrics metrics) {
    super(
        config,
        new WriteGate.Bounds(profilesConfig.headBytes(), "ingester.profiles.max_head_bytes"),
        wal,
        clock,
        random,
        metrics);
    this.profilesConfig = profilesConfig;
    this.limits = limits;
    this.metrics = new ProfilesIngesterMetrics(metrics);
    metrics.gauge(
        "foursight_ingester_memory_profiles", "Profiles in memory.", this::memoryProfiles);
    metrics.gauge(
        "foursight_ingester_memory_profile_series",
        "Series of profiles in memory, once per segment.",
        this::memorySeries);
  }

  // ---- writing ----

  @Override
  public ProfilesWriteResult write(TenantId tenant, ProfilesBatch batch) {
    return writing(
        tenant,
        head -> {
          if (batch.profiles() == 0) {
            return new ProfilesWriteResult(0, List.of());
          }
          ProfilesScratch scratch = scratches.poll();
          if (scratch == null) {
            scratch = new ProfilesScratch(wal);
          }
          ProfilesWriteResult result = write(head, scratch, batch);
          scratches.offer(scratch);
          return result;
        });
  }

  private ProfilesWriteResult write(
      ProfilesHead head, ProfilesScratch scratch, ProfilesBatch batch) {
    ProfilesLimits own = limits.of(head.tenant());
    scratch.begin();
    try {
      head.append(scratch, batch, own, clock.millis());
    } finally {
      gate.reached(scratch.await());
    }
    ProfilesSegment.Outcome outcome = scratch.outcome;
    metrics.profiles.increment(outcome.added);
    metrics.samples.increment(outcome.samples);
    metrics.duplicates.increment(outcome.repeated);
    int stored = outcome.added + outcome.repeated;
    if (outcome.tooMany.isEmpty()) {
      return new ProfilesWriteResult(stored, List.of());
    }
    var rejection =
        new Rejection(
            "series_limit",
            ErrorKind.LIMIT_EXCEEDED,
            "Maximum active series limit exceeded ("
                + own.maxGlobalProfileSeriesPerUser()
                + ", limits.max_global_profile_series_per_user) by series "
                + batch.labels(outcome.tooMany.nextSetBit(0)),
            outcome.tooMany.cardinality());
    return new ProfilesWriteResult(stored, List.of(rejection));
  }

  // ---- life ----

  @Override
  protected ProfilesHead newHead(TenantId tenant, LongFunction<ProfilesSegment> opener) {
    return new ProfilesHead(tenant, opener, clock);
  }

  @Override
  protected ProfilesSegment newPiece(String blockId, long bucket, long firstSegment) {
    return new ProfilesSegment(
        blockId,
        bucket,
        firstSegment,
        clock.millis(),
        profilesConfig.segmentSize().bytes(),
        gate.headBytes());
  }

  @Override
  protected boolean isDue(ProfilesSegment segment, long now) {
    return now - segment.lastAppendMillis() >= profilesConfig.flushIdle().toMillis()
        || now - segment.createdMillis() >= profilesConfig.flushMaxAge().toMillis();
  }

  @Override
  protected BlockMeta write(
      ProfilesHead head, ProfilesSegment segment, Path directory, long nowMillis) {
    return new SegmentBlock(segment.view()).write(directory, nowMillis);
  }

  @Override
  protected Duration idle() {
    return profilesConfig.flushIdle();
  }

  private long memoryProfiles() {
    long profiles = 0;
    for (ProfilesHead head : heads()) {
      for (ProfilesSegment segment : head.pieces()) {
        profiles += segment.profileCount();
      }
    }
    return profiles;
  }

  private long memorySeries() {
    long series = 0;
    for (ProfilesHead head : heads()) {
      for (ProfilesSegment segment : head.pieces()) {
        series += segment.seriesCount();
      }
    }
    return series;
  }

  // ---- reading ----

  private List<ProfilesSegment> segments(TenantId tenant) {
    return readable(tenant).map(ProfilesHead::pieces).orElse(List.of());
  }

  private HeadReads reads(ProfilesSelect select) {
    return new HeadReads(
        segments(select.tenant()).stream().map(ProfilesSegment::view).toList(), select);
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    return reads(select).merge();
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    reads(select).rows(bySpan, each);
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return List.copyOf(reads(select).series());
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    reads(select).series().forEach(labels -> names.addAll(labels.names()));
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    var values = new TreeSet<String>(Labels::compareText);
    reads(select).series().forEach(labels -> values.add(labels.get(label)));
    values.remove("");
    return List.copyOf(values);
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    return reads(select).stats();
  }

  @Override
  public Set<String> coveredBlocks(ProfilesSelect select) {
    return segments(select.tenant()).stream()
        .map(ProfilesSegment::blockId)
        .collect(Collectors.toUnmodifiableSet());
  }
}
