package io.foursight.storage.profiles.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.CallSite;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSet;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.storage.object.RangedReader.Range;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// Adds up the selected profiles of several blocks, each counted once: [#plan] every block, then
/// [#read] every block, then take the [#result].
///
/// Values are added by stack in dense arrays, a partition at a time; names come last. Where a chunk
/// is taken whole, its sums are read instead of its samples; where only a series is, those of its
/// runs. Chunks that may have copies of others' profiles are looked at by ids first.
///
/// One thread calls; it may give work to others. What is held is charged to the budget of the
/// select until [#close].
public final class ProfilesMerge implements AutoCloseable {
  private static final int CHUNKS = 64;

  private final ProfilesSelect select;
  private final QueryBudget budget;
  private final Optional<ExecutorService> workers;
  private final int lanes;
  private final ChunkOverlaps overlaps = new ChunkOverlaps();
  private final Map<ProfilesBlockReader, BitSet> matching = new LinkedHashMap<>();
  private final MergedStacks merged = new MergedStacks();
  private final ProfileSet met = new ProfileSet();
  private long charged;
  private Optional<Set<ChunkMeta>> overlapping = Optional.empty();

  /// @param workers threads for the adding up; without, the caller's does it
  /// @param lanes how many of them at once
  public ProfilesMerge(ProfilesSelect select, Optional<ExecutorService> workers, int lanes) {
    this.select = select;
    this.budget = select.budget();
    this.workers = workers;
    this.lanes = workers.isPresent() ? Math.max(1, lanes) : 1;
  }

  /// Finds out which chunks of a block are asked for. Reads nothing.
  public void plan(ProfilesBlockReader block) {
    BitSet series = block.matching(select);
    matching.put(block, series);
    for (ChunkMeta chunk : block.chunks(select, series)) {
      var place = new ChunkOverlaps.Place(block, chunk);
      chunk.series().stream()
          .filter(series::get)
          .forEach(s -> overlaps.add(block.index().series().get(s), place));
    }
  }

  /// Adds a planned block.
  public void read(ProfilesBlockReader block) {
    if (overlapping.isEmpty()) {
      overlapping = Optional.of(overlaps.found());
    }
    BitSet series = matching.get(block);
    if (series == null) {
      throw new IllegalStateException("block " + block.meta().id() + " was not planned");
    }
    Map<Integer, List<ChunkMeta>> byPartition = new LinkedHashMap<>();
    for (ChunkMeta chunk : block.chunks(select, series)) {
      byPartition.computeIfAbsent(chunk.partition(), p -> new ArrayList<>()).add(chunk);
    }
    byPartition.forEach((partition, chunks) -> {
      Map<ChunkMeta, BitSet> copies = copies(block, series, chunks);
      partition(block, series, partition, chunks, copies);
    });
  }

  /// The sum over all blocks that were read.
  public MergedStacks result() {
    return merged;
  }

  /// Charges what is held now.
  private void charge() {
    long grown = merged.memoryBytes() + met.memoryBytes() - charged;
    budget.charge(grown);
    charged += grown;
  }

  @Override
  public void close() {
    budget.release(charged);
    charged = 0;
  }

  // ---- copies ----

  /// Profiles of chunks that were met before, by chunk; those that have none are left out.
  private Map<ChunkMeta, BitSet> copies(
      ProfilesBlockReader block, BitSet series, List<ChunkMeta> chunks) {
    Map<ChunkMeta, BitSet> copies = new IdentityHashMap<>();
    List<ChunkMeta> doubtful = chunks.stream().filter(overlapping.orElseThrow()::contains).toList();
    var columns = new LongColumn();
    for (int from = 0; from < doubtful.size(); from += CHUNKS) {
      budget.check();
      List<ChunkMeta> some = doubtful.subList(from, Math.min(doubtful.size(), from + CHUNKS));
      var ranges = new ArrayList<Range>();
      for (ChunkMeta chunk : some) {
        ranges.add(new Range(chunk.offset(), chunk.headBytes()));
        ranges.add(new Range(chunk.idsOffset(), chunk.idBytes()));
      }
      List<byte[]> parts = block.file().readAll(ranges);
      for (int i = 0; i < some.size(); i++) {
        ChunkMeta chunk = some.get(i);
        var head = new ChunkHead(chunk, parts.get(2 * i), columns);
        BitSet own = copies(block, head, ChunkHead.Ids.read(chunk, parts.get(2 * i + 1)), series);
        if (!own.isEmpty()) {
          copies.put(chunk, own);
        }
      }
      charge();
    }
    return copies;
  }

  private BitSet copies(
      ProfilesBlockReader block, ChunkHead head, ChunkHead.Ids ids, BitSet series) {
    var copies = new BitSet();
    BitSet selected = ChunkRows.selected(head, Optional.of(ids), select, series);
    for (int r = 0; r < head.runs(); r++) {
      Labels labels = block.index().series().get(head.series[r]);
      int number = series.get(head.series[r]) ? met.series(labels) : -1;
      int end = head.profileStarts[r + 1];
      for (int p = selected.nextSetBit(head.profileStarts[r]);
          p >= 0 && p < end;
          p = selected.nextSetBit(p + 1)) {
        if (!met.add(number, head.times[p], ids.highs()[p], ids.lows()[p])) {
          copies.set(p);
        }
      }
    }
    return copies;
  }

  // ---- adding up ----

  private void partition(
      ProfilesBlockReader block,
      BitSet series,
      int partition,
      List<ChunkMeta> chunks,
      Map<ChunkMeta, BitSet> copies) {
    PartitionMeta meta = block.index().partitions().get(partition);
    var work = new ChunkQueue(chunks);
    int count = (int) Math.min(lanes, work.batches());
    long bytes = 8L * meta.stacks() * count + meta.memoryBytes();
    budget.charge(bytes);
    try {
      var sums = new ArrayList<long[]>();
      for (int lane = 0; lane < count; lane++) {
        sums.add(new long[meta.stacks()]);
      }
      run(
          sums.stream()
              .map(own -> new MergeLane(block, select, series, copies, work, own))
              .toList());
      emit(block.symbols(partition), sums);
      charge();
    } finally {
      budget.release(bytes);
    }
  }

  private void run(List<MergeLane> all) {
    if (all.size() == 1) {
      all.getFirst().run();
      return;
    }
    var running = new ArrayList<Future<?>>();
    for (MergeLane lane : all.subList(1, all.size())) {
      running.add(workers.orElseThrow().submit(lane));
    }
    RuntimeException failure = null;
    try {
      all.getFirst().run();
    } catch (RuntimeException e) {
      failure = e;
      all.getFirst().giveUp();
    }
    for (Future<?> future : running) {
      try {
        future.get();
      } catch (ExecutionException e) {
        failure = failure(e);
        all.getFirst().giveUp();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        all.getFirst().giveUp();
        failure = FoursightException.unavailable("interrupted while merging profiles");
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof RuntimeException cause
        ? cause
        : new IllegalStateException(e.getCause());
  }

  /// Names come last: only stacks with a value are brought into the answer.
  private void emit(ProfileSymbols symbols, List<long[]> lanesSums) {
    SymbolsInterner.From from = merged.from(symbols);
    BitSet passing = CallSite.stacks(symbols, select.samples().callSite());
    for (int stack = 0; stack < symbols.stacks(); stack++) {
      long sum = 0;
      for (long[] sums : lanesSums) {
        sum += sums[stack];
      }
      if (sum != 0 && passing.get(stack)) {
        merged.add(from.stack(stack), sum);
      }
    }
  }
}
