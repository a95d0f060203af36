package io.foursight.storage.profiles.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Answers selects from one block by ranged reads: the index once, whole, when opened; then of
/// `profiles` only the parts that a step needs. Safe from any thread. The methods are those of
/// [io.foursight.model.profiles.ProfilesSource] for this block alone, merges are made by
/// [ProfilesMerge], for several blocks at once; the tenant of a select and the blocks that it
/// leaves out are the caller's to look after. Errors: `CORRUPT` with file and offset,
/// `UNIMPLEMENTED` for a block of an older or newer version, what the ranged readers throw, and
/// what the budget throws.
public final class ProfilesBlockReader implements AutoCloseable {
  private final BlockMeta meta;
  private final ProfilesIndex index;
  private final RangedReader file;
  private final ProfilesBlockCache cache;
  private final long cacheKey;

  private ProfilesBlockReader(
      BlockMeta meta, Function<String, RangedReader> files, ProfilesBlockCache cache) {
    this.meta = meta;
    this.cache = cache;
    try (RangedReader whole = files.apply(ProfilesBlockFormat.INDEX)) {
      index = ProfilesIndex.read(whole.read(0, Math.toIntExact(whole.size())));
    }
    file = files.apply(ProfilesBlockFormat.PROFILES);
    cacheKey = cache.newReader();
  }

  /// Reads the index in one request.
  ///
  /// @param files opens a file of the block by its name
  public static ProfilesBlockReader open(BlockMeta meta, Function<String, RangedReader> files) {
    return open(meta, files, new ProfilesBlockCache(ProfilesBlockCache.DEFAULT_BYTES));
  }

  /// @param cache decoded symbols, shared with other readers
  public static ProfilesBlockReader open(
      BlockMeta meta, Function<String, RangedReader> files, ProfilesBlockCache cache) {
    if (!meta.format().equals(ProfilesBlockFormat.NAME)) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          "block "
              + meta.id()
              + " has format "
              + meta.format()
              + ", not "
              + ProfilesBlockFormat.NAME);
    }
    return new ProfilesBlockReader(meta, files, cache);
  }

  public BlockMeta meta() {
    return meta;
  }

  ProfilesIndex index() {
    return index;
  }

  RangedReader file() {
    return file;
  }

  /// Symbols of a partition, from the cache if they are there.
  ProfileSymbols symbols(int partition) {
    return cache.symbols(cacheKey, partition, () -> readSymbols(partition));
  }

  private ProfileSymbols readSymbols(int partition) {
    PartitionMeta p = index.partitions().get(partition);
    ProfileSymbols symbols =
        new SymbolsCodec().read(file.read(p.offset(), p.symbolBytes()), p.offset());
    if (symbols.stacks() != p.stacks()) {
      throw FoursightException.corrupt(
          ProfilesBlockFormat.PROFILES
              + ": "
              + symbols.stacks()
              + " stacks at offset "
              + p.offset()
              + " where the index tells "
              + p.stacks());
    }
    return symbols;
  }

  /// Series that satisfy the matchers, by number.
  BitSet matching(ProfilesSelect select) {
    var matching = new BitSet(index.series().size());
    for (int s = 0; s < index.series().size(); s++) {
      Labels labels = index.series().get(s);
      boolean all = true;
      for (LabelMatcher matcher : select.matchers()) {
        all = all && matcher.matches(labels.get(matcher.name()));
      }
      matching.set(s, all);
    }
    return matching;
  }

  /// Chunks that may have something of the selection.
  List<ChunkMeta> chunks(ProfilesSelect select, BitSet matching) {
    return index.chunks().stream()
        .filter(c -> c.minTime() < select.endNanos() && c.maxTime() >= select.startNanos())
        .filter(c -> c.series().intersects(matching))
        .toList();
  }

  /// Adds the selected profiles, or their spans, to a union.
  public void rows(ProfilesSelect select, boolean bySpan, ProfileRowsUnion into) {
    new BlockRows(this, select, bySpan, into).run();
  }

  public List<Labels> series(ProfilesSelect select) {
    BitSet matching = matching(select);
    var found = new BitSet();
    chunks(select, matching).forEach(chunk -> found.or(chunk.series()));
    found.and(matching);
    var labels = new TreeSet<Labels>();
    found.stream().forEach(s -> labels.add(index.series().get(s)));
    return List.copyOf(labels);
  }

  public List<String> labelNames(ProfilesSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    series(select).forEach(labels -> names.addAll(labels.names()));
    return List.copyOf(names);
  }

  public List<String> labelValues(String label, ProfilesSelect select) {
    Set<String> values = new TreeSet<>(Labels::compareText);
    series(select).forEach(labels -> values.add(labels.get(label)));
    values.remove("");
    return List.copyOf(values);
  }

  /// Exact but for copies; reads heads of chunks that are taken in part.
  public ProfilesStats stats(ProfilesSelect select) {
    BitSet matching = matching(select);
    long profiles = 0;
    long samples = 0;
    long bytes = 0;
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    for (ChunkMeta chunk : chunks(select, matching)) {
      if (isInside(chunk, select) && isCovered(chunk, matching)) {
        profiles += chunk.profiles();
        samples += chunk.samples();
        bytes += chunk.sizeBytes();
        oldest = Math.min(oldest, chunk.minTime());
        newest = Math.max(newest, chunk.maxTime());
        continue;
      }
      select.budget().check();
      ChunkHead head = head(chunk);
      long own = 0;
      for (int r = 0; r < head.runs(); r++) {
        if (!matching.get(head.series[r])) {
          continue;
        }
        for (int p = head.profileStarts[r]; p < head.profileStarts[r + 1]; p++) {
          if (head.times[p] >= select.startNanos() && head.times[p] < select.endNanos()) {
            own++;
            samples += head.counts[p];
            oldest = Math.min(oldest, head.times[p]);
            newest = Math.max(newest, head.times[p]);
          }
        }
      }
      profiles += own;
      bytes += chunk.sizeBytes() * own / chunk.profiles();
    }
    return profiles == 0
        ? ProfilesStats.NONE
        : new ProfilesStats(profiles, series(select).size(), samples, bytes, oldest, newest);
  }

  ChunkHead head(ChunkMeta chunk) {
    return new ChunkHead(chunk, file.read(chunk.offset(), chunk.headBytes()), new LongColumn());
  }

  /// Whether all times of a chunk are in the range.
  static boolean isInside(ChunkMeta chunk, ProfilesSelect select) {
    return chunk.minTime() >= select.startNanos() && chunk.maxTime() < select.endNanos();
  }

  /// Whether all series of a chunk match.
  static boolean isCovered(ChunkMeta chunk, BitSet matching) {
    BitSet others = (BitSet) chunk.series().clone();
    others.andNot(matching);
    return others.isEmpty();
  }

  // ---- for merges of blocks ----

  /// A partition as a merge sees it.
  ///
  /// @param memoryBytes of its symbols
  public record Partition(int number, String service, String buildId, long memoryBytes) {}

  /// Partitions in the order in which they lie.
  public List<Partition> partitions() {
    var all = new java.util.ArrayList<Partition>();
    for (PartitionMeta p : index.partitions()) {
      all.add(new Partition(all.size(), p.service(), p.buildId(), p.memoryBytes()));
    }
    return all;
  }

  /// Symbols of a partition, read anew.
  public ProfileSymbols symbolsOf(int partition) {
    return readSymbols(partition);
  }

  /// The profiles of a partition in the order in which they lie.
  public PartitionScan scan(int partition) {
    return new PartitionScan(this, partition);
  }

  public long profileCount() {
    return meta.stats().getOrDefault("profiles", 0L);
  }

  /// Reads and decodes everything, and so compares every checksum; and adds up what sums tell.
  ///
  /// @throws FoursightException `CORRUPT` at the first damage
  public void verify() {
    byte[] header = file.read(0, ProfilesBlockFormat.HEADER_BYTES);
    ProfilesBlockFormat.checkHeader(
        new ByteReader(header, 0, header.length, ProfilesBlockFormat.PROFILES, 0),
        ProfilesBlockFormat.PROFILES);
    new BlockCheck(this).run();
  }

  @Override
  public void close() {
    cache.forget(cacheKey);
    file.close();
  }
}
