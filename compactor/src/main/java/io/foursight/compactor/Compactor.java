package io.foursight.compactor;

import io.foursight.config.TenantLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore.Entry;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.Ulids;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One signal's compaction, retention and deletion, one round at a time. Runs on the caller's
/// thread; one at a time.
///
/// A merge downloads its blocks into the scratch directory, streams them into a new one there,
/// uploads that (its `meta.json` last: from then on readers read it instead of its parents) and
/// marks the parents. A crash in between leaves the parents superseded and unmarked; the next round
/// marks them.
public final class Compactor {
  private static final Logger log = LoggerFactory.getLogger(Compactor.class);

  private final Signal signal;
  private final ObjectBlockStore store;
  private final BlockMerger merger;
  private final Path scratch;
  private final InstantSource clock;
  private final Ulids ulids;
  private final BlockPlanner planner;
  private final BlockCleaner cleaner;
  private final CompactorMetrics metrics;
  private final Ownership ownership;
  private volatile boolean stopping;

  /// @param scratch a directory of its own; what is in it is deleted
  public Compactor(
      Signal signal,
      ObjectBlockStore store,
      BlockMerger merger,
      CompactorConfig config,
      TenantLimits<CompactorLimits> limits,
      Path scratch,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry registry) {
    this(signal, store, merger, config, limits, scratch, clock, random, registry, Ownership.ALL);
  }

  /// @param ownership asked again before each merge and before its result becomes visible
  public Compactor(
      Signal signal,
      ObjectBlockStore store,
      BlockMerger merger,
      CompactorConfig config,
      TenantLimits<CompactorLimits> limits,
      Path scratch,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry registry,
      Ownership ownership) {
    this(
        signal,
        store,
        merger,
        new CompactionPlanner(config),
        config,
        limits,
        scratch,
        clock,
        random,
        registry,
        ownership);
  }

  /// As above with a planner of the signal's own.
  public Compactor(
      Signal signal,
      ObjectBlockStore store,
      BlockMerger merger,
      BlockPlanner planner,
      CompactorConfig config,
      TenantLimits<CompactorLimits> limits,
      Path scratch,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry registry,
      Ownership ownership) {
    this.ownership = ownership;
    this.signal = signal;
    this.store = store;
    this.merger = merger;
    this.scratch = scratch;
    this.clock = clock;
    this.ulids = new Ulids(clock, random);
    this.planner = planner;
    this.metrics = new CompactorMetrics(registry, signal);
    this.cleaner = new BlockCleaner(store, config, limits, clock, metrics);
  }

  /// Goes over all tenants: finishes deletions, merges what is due, marks what is past retention.
  /// The failure of one tenant is logged and counted, and does not keep the others from theirs.
  ///
  /// @return the number of merges done
  public synchronized int runOnce() {
    int merges = 0;
    long blocks = 0;
    boolean failed = false;
    for (TenantId tenant : store.tenants()) {
      if (stopping) {
        return merges;
      }
      if (!ownership.of(tenant)) {
        continue;
      }
      try {
        merges += run(tenant);
        blocks += store.blocks(tenant).size();
      } catch (FoursightException e) {
        if (e.kind() == ErrorKind.CANCELED) {
          return merges;
        }
        failed = true;
        metrics.failures.increment();
        log.error("compaction failed signal={} tenant={} error={}", signal, tenant, e, e);
      }
    }
    metrics.rounds.increment();
    metrics.blocks.set(blocks);
    if (!failed) {
      metrics.lastSuccessMillis.set(clock.millis());
    }
    return merges;
  }

  private int run(TenantId tenant) {
    var deleted = store.tenantDeletionMark(tenant);
    if (deleted.isPresent()) {
      cleaner.deleteTenant(tenant, deleted.get().markedMillis());
      return 0;
    }
    cleaner.mark(tenant);
    cleaner.delete(tenant);
    int merges = 0;
    for (Optional<List<BlockMeta>> job = plan(tenant);
        job.isPresent() && !stopping && ownership.of(tenant);
        job = plan(tenant)) {
      if (!merge(tenant, job.get())) {
        break;
      }
      merges++;
    }
    cleaner.mark(tenant);
    store.writeBlockList(tenant);
    return merges;
  }

  private Optional<List<BlockMeta>> plan(TenantId tenant) {
    return planner.next(tenant, candidates(tenant), clock.millis());
  }

  private List<BlockMeta> candidates(TenantId tenant) {
    return store.blocks(tenant).stream()
        .filter(entry -> !entry.markedForDeletion())
        .map(Entry::meta)
        .toList();
  }

  /// @return false when another compactor has the tenant's lease, or when the blocks changed
  ///   meanwhile and the result was thrown away
  private boolean merge(TenantId tenant, List<BlockMeta> parents) {
    long start = System.nanoTime();
    String id = ulids.next();
    Path folder = scratch.resolve(id);
    Optional<Ownership.Hold> hold = ownership.hold(tenant);
    if (hold.isEmpty()) {
      log.info("another compactor has the lease signal={} tenant={}", signal.plural(), tenant);
      return false;
    }
    try (Ownership.Hold held = hold.get()) {
      var inputs = new ArrayList<BlockMerger.Input>();
      for (BlockMeta parent : parents) {
        Path directory = folder.resolve("in-" + parent.id());
        store.download(tenant, parent, directory);
        inputs.add(new BlockMerger.Input(parent, directory));
        metrics.readBytes.increment(parent.sizeBytes());
      }
      var output = output(folder.resolve(id), id, parents);
      BlockMeta merged = merger.merge(tenant, inputs, output, () -> stopping);
      BooleanSupplier wanted =
          () ->
              ownership.of(tenant)
                  && new HashSet<>(candidates(tenant)).containsAll(parents)
                  && store.tenantDeletionMark(tenant).isEmpty()
                  && held.isValid();
      boolean isEmpty = merged.minTimeMillis() > merged.maxTimeMillis();
      // Asked before the work of an upload, and again before its result is to be seen.
      if (!wanted.getAsBoolean()
          || !isEmpty && !store.upload(tenant, merged, output.directory(), wanted)) {
        log.warn("blocks changed during their merge tenant={} block={}", tenant, id);
        return false;
      }
      for (BlockMeta parent : parents) {
        store.markForDeletion(tenant, parent.id(), "merged into " + id);
        metrics.marked.increment();
      }
      metrics.merges.increment();
      metrics.mergedBlocks.increment(parents.size());
      metrics.writtenBytes.increment(merged.sizeBytes());
      log.info(
          "blocks merged signal={} tenant={} block={} level={} parents={} bytes={} stats={}",
          signal.plural(),
          tenant,
          id,
          merged.level(),
          output.parents(),
          merged.sizeBytes(),
          merged.stats());
      return true;
    } finally {
      metrics.mergeSeconds.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      remove(folder);
    }
  }

  private BlockMerger.Output output(Path directory, String id, List<BlockMeta> parents) {
    var sources = new TreeSet<String>();
    int level = 1;
    for (BlockMeta parent : parents) {
      sources.addAll(parent.sources().isEmpty() ? List.of(parent.id()) : parent.sources());
      level = Math.max(level, parent.level());
    }
    return new BlockMerger.Output(
        directory,
        id,
        level + 1,
        List.copyOf(sources),
        parents.stream().map(BlockMeta::id).toList(),
        clock.millis());
  }

  /// Marks a tenant's data for deletion; the next rounds delete them.
  public void deleteTenant(TenantId tenant) {
    store.markTenantForDeletion(tenant, "asked for");
  }

  /// Whether a deletion was asked for and nothing of the tenant is left.
  public boolean isTenantDeleted(TenantId tenant) {
    return store.scan(tenant).visible().isEmpty() && store.scan(tenant).superseded().isEmpty();
  }

  /// Removes what an earlier process left in the scratch directory.
  void clearScratch() {
    remove(scratch);
  }

  /// Makes a round under way end soon.
  void stop() {
    stopping = true;
  }

  private static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("scratch files could not be removed folder={} error={}", folder, e.toString());
    }
  }
}
