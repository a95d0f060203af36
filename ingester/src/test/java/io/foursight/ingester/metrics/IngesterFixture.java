package io.foursight.ingester.metrics;

import io.foursight.config.ByteSize;
import io.foursight.config.TenantLimits;
import io.foursight.ingester.FlushedHeads;
import io.foursight.ingester.Flusher;
import io.foursight.ingester.HeadPiece;
import io.foursight.ingester.Ingester;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalShelf;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.wal.FileWal;
import io.foursight.storage.wal.Wal;
import io.foursight.storage.wal.WalConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// An ingester over a real log in a directory, a clock that the test moves, and a block store in
/// memory that can be told to fail. Reopening it without [#stop] is a crash.
final class IngesterFixture {
  static final TenantId TENANT = new TenantId("tenant-1");
  static final long T0 = 1_750_000_000_000L / HeadRange.DURATION_MILLIS * HeadRange.DURATION_MILLIS;

  /// A clock that stands still until it is moved.
  static final class MovedClock extends Clock {
    volatile long millis = T0 + 3_600_000;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis);
    }
  }

  /// Keeps the files of each block.
  static final class MemoryBlocks implements BlockStore {
    final Map<String, BlockMeta> metas = new ConcurrentHashMap<>();
    final Map<String, Map<String, byte[]>> files = new ConcurrentHashMap<>();
    volatile boolean failing;
    volatile int uploads;

    @Override
    public Set<TenantId> tenants() {
      return Set.of(TENANT);
    }

    @Override
    public List<Entry> blocks(TenantId tenant) {
      return metas.values().stream().map(m -> new Entry(m, 0)).toList();
    }

    @Override
    public void upload(TenantId tenant, BlockMeta meta, Path directory) {
      check();
      var content = new TreeMap<String, byte[]>();
      try {
        for (BlockMeta.File file : meta.files()) {
          content.put(file.name(), Files.readAllBytes(directory.resolve(file.name())));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      files.put(meta.id(), content);
      metas.put(meta.id(), meta);
      uploads++;
    }

    private void check() {
      if (failing) {
        throw FoursightException.unavailable("the store is away");
      }
    }

    @Override
    public Optional<BlockMeta> meta(TenantId tenant, String blockId) {
      check();
      return Optional.ofNullable(metas.get(blockId));
    }

    @Override
    public void markForDeletion(TenantId tenant, String blockId, String reason) {}

    @Override
    public void delete(TenantId tenant, String blockId) {
      metas.remove(blockId);
    }

    @Override
    public String key(TenantId tenant, String blockId, String file) {
      return tenant + "/" + blockId + "/" + file;
    }
  }

  final Path directory;
  final MovedClock clock = new MovedClock();
  final MemoryBlocks blocks = new MemoryBlocks();
  final SeriesHash hash = new SeriesHash(11, 22);
  MetricsLimits limits = MetricsLimits.defaults();
  IngesterConfig config = manual(IngesterConfig.defaults());
  volatile BlockPickup pickup = (signal, tenant, id) -> true;
  MetricsIngester metrics;
  Flusher flusher;
  Ingester ingester;
  Wal wal;
  SimpleMeterRegistry registry;

  IngesterFixture(Path directory) {
    this.directory = directory;
  }

  /// The background thread stays out of the way.
  private static IngesterConfig manual(IngesterConfig c) {
    return new IngesterConfig(
        c.flushDelay(),
        c.flushIdle(),
        c.flushMaxAge(),
        Duration.ofHours(10),
        c.flushMaxBackoff(),
        c.maxHeadBytes(),
        c.maxWalBytes(),
        c.maxInflightPushRequests(),
        c.maxTenants(),
        c.activeSeriesIdleTimeout(),
        c.metadataRetainPeriod(),
        false);
  }

  IngesterFixture maxHeadBytes(long bytes) {
    IngesterConfig c = config;
    config =
        new IngesterConfig(
            c.flushDelay(),
            c.flushIdle(),
            c.flushMaxAge(),
            c.flushCheckInterval(),
            c.flushMaxBackoff(),
            new ByteSize(bytes),
            c.maxWalBytes(),
            c.maxInflightPushRequests(),
            c.maxTenants(),
            c.activeSeriesIdleTimeout(),
            c.metadataRetainPeriod(),
            false);
    return this;
  }

  IngesterFixture open() {
    registry = new SimpleMeterRegistry();
    wal =
        new FileWal(
            directory.resolve("wal"),
            WalConfig.defaults().withSegmentSize(new ByteSize(64 << 10)),
            registry);
    return open(wal);
  }

  IngesterFixture open(Wal over) {
    wal = over;
    if (registry == null) {
      registry = new SimpleMeterRegistry();
    }
    var meters = new IngesterMetrics(registry, Signal.METRICS);
    metrics =
        new MetricsIngester(
            config, tenantLimits(), wal, hash, clock, new Random(clock.millis), meters);
    flusher =
        new Flusher(
            metrics,
            config,
            wal,
            blocks,
            (signal, tenant, id) -> pickup.serves(signal, tenant, id),
            directory.resolve("flush"),
            clock,
            meters);
    ingester = new Ingester(config, wal, List.of(new SignalShelf(metrics, flusher)), directory);
    ingester.start();
    return this;
  }

  private TenantLimits<MetricsLimits> tenantLimits() {
    return tenant -> limits;
  }

  /// What a restart after `kill -9` sees: the log as it is on disk, copied so that the old life
  /// cannot touch it.
  IngesterFixture crash() throws IOException {
    Path next = Files.createTempDirectory(directory.getParent(), "life");
    try (var all = Files.walk(directory.resolve("wal"))) {
      for (Path p : all.toList()) {
        Path to = next.resolve("wal").resolve(directory.resolve("wal").relativize(p));
        if (Files.isDirectory(p)) {
          Files.createDirectories(to);
        } else {
          Files.copy(p, to);
        }
      }
    }
    var life = new IngesterFixture(next);
    life.clock.millis = clock.millis + 1;
    life.blocks.metas.putAll(blocks.metas);
    life.blocks.files.putAll(blocks.files);
    life.limits = limits;
    stop();
    return life.open();
  }

  /// What is in memory of the tenant.
  List<HeadPiece> ranges() {
    return metrics.pieces(Optional.of(TENANT)).stream().map(FlushedHeads.Piece::rows).toList();
  }

  void stop() {
    ingester.stop(Deadline.after(Duration.ofSeconds(10)));
  }

  /// Fills a batch series by series.
  final class Writer {
    private final List<byte[]> labels = new ArrayList<>();
    final MetricsBatch batch = new MetricsBatch(new byte[0]);

    Writer series(String... pairs) {
      labels.add(LabelBytes.encode(Labels.of(pairs)));
      batch.beginSeries(0, 0);
      return this;
    }

    Writer sample(long t, double v) {
      batch.addSample(t, v);
      return this;
    }

    MetricsWriteResult write() {
      return write(TENANT);
    }

    MetricsWriteResult write(TenantId tenant) {
      for (int i = 0; i < labels.size(); i++) {
        batch.replaceLabels(i, labels.get(i), hash);
      }
      return metrics.write(tenant, batch);
    }
  }

  Writer batch() {
    return new Writer();
  }

  /// Samples of each matching series as `time -> value bits`.
  Map<Labels, TreeMap<Long, Long>> read(TimeRange range, LabelMatcher... matchers) {
    var out = new TreeMap<Labels, TreeMap<Long, Long>>();
    try (SeriesCursor cursor = metrics.select(select(range, matchers))) {
      drain(cursor, out);
    }
    out.values().removeIf(Map::isEmpty);
    return out;
  }

  /// The same, read in order of arrival, in at most two parts.
  Map<Labels, TreeMap<Long, Long>> readInAnyOrder(TimeRange range, LabelMatcher... matchers) {
    var out = new TreeMap<Labels, TreeMap<Long, Long>>();
    for (SeriesCursor cursor :
        metrics.select(select(range, matchers).with(Delivery.ANY_ORDER), 2)) {
      try (cursor) {
        drain(cursor, out);
      }
    }
    out.values().removeIf(Map::isEmpty);
    return out;
  }

  private static void drain(SeriesCursor cursor, Map<Labels, TreeMap<Long, Long>> out) {
    var columns = new SampleColumns();
    while (cursor.next()) {
      cursor.samples(columns);
      var rows = new TreeMap<Long, Long>();
      for (int i = 0; i < columns.size(); i++) {
        Long before = rows.put(columns.timestamp(i), Double.doubleToRawLongBits(columns.value(i)));
        if (before != null) {
          throw new AssertionError("time " + columns.timestamp(i) + " twice");
        }
      }
      if (out.put(cursor.labels(), rows) != null) {
        throw new AssertionError("series " + cursor.labels() + " twice");
      }
    }
  }

  static MetricsSelect select(TimeRange range, LabelMatcher... matchers) {
    return new MetricsSelect(TENANT, range, List.of(matchers), QueryBudget.unlimited());
  }
}
