package io.foursight.storage.profiles.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a block: partitions one after the other, of each the profiles by type, stretch of time,
/// series and time, then the symbols.
///
/// Holds one chunk and what the index will tell. Owned by one thread; closed without [#finish] it
/// removes what it wrote. Errors: `UNAVAILABLE` when a file cannot be written.
public final class ProfilesBlockWriter implements AutoCloseable {
  private final String blockId;
  private final BlockFile file;
  private final Path directory;
  private final ChunkWriter chunk = new ChunkWriter();
  private final SymbolsCodec symbolsCodec = new SymbolsCodec();
  private final Map<Labels, Integer> seriesNumbers = new HashMap<>();
  private final List<Labels> series = new ArrayList<>();
  private final List<PartitionMeta> partitions = new ArrayList<>();
  private final List<ChunkMeta> chunks = new ArrayList<>();
  private String type = "";
  private long interval;
  private long profiles;
  private long samples;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private boolean finished;

  /// @param directory new or empty
  public ProfilesBlockWriter(Path directory, String blockId) {
    this.blockId = blockId;
    this.directory = directory;
    this.file = ProfilesBlockFormat.file(directory, ProfilesBlockFormat.PROFILES);
  }

  /// Adds a profile of the partition under way: in the order of types, stretches of time
  /// ([ProfilesBlockFormat#interval]), series ([ProfilesBlockFormat#SERIES_ORDER]) and times.
  public void add(ProfileRow row) {
    String ownType = row.labels().get(ProfileType.LABEL);
    long ownInterval = ProfilesBlockFormat.interval(row.timeNanos());
    if (!chunk.isEmpty() && (chunk.isFull() || ownInterval != interval || !ownType.equals(type))) {
      endChunk();
    }
    type = ownType;
    interval = ownInterval;
    Integer number = seriesNumbers.putIfAbsent(row.labels(), series.size());
    if (number == null) {
      number = series.size();
      series.add(row.labels());
    }
    chunk.add(number, row);
  }

  private void endChunk() {
    if (chunk.isEmpty()) {
      return;
    }
    profiles += chunk.profiles();
    samples += chunk.samples();
    minTime = Math.min(minTime, chunk.minTime());
    maxTime = Math.max(maxTime, chunk.maxTime());
    var out = new ByteWriter(1 << 16);
    chunks.add(chunk.finish(partitions.size(), file.size(), out));
    file.append(out);
  }

  /// Ends the partition under way.
  ///
  /// @param symbols those that the samples' stacks are numbers of
  public void endPartition(String service, String buildId, ProfileSymbols symbols) {
    endChunk();
    ByteWriter packed = symbolsCodec.write(symbols);
    partitions.add(
        new PartitionMeta(
            service, buildId, symbols.stacks(), file.size(), packed.size(), symbols.memoryBytes()));
    file.append(packed);
  }

  /// @param level with the rest as in [BlockMeta]
  public BlockMeta finish(
      int level, List<String> sources, List<String> parents, long createdMillis) {
    file.finish();
    BlockFile index = ProfilesBlockFormat.file(directory, ProfilesBlockFormat.INDEX);
    try {
      index.append(new ProfilesIndex(series, partitions, chunks).write());
      var footer = new ByteWriter();
      ProfilesBlockFormat.writeFooter(ProfilesBlockFormat.HEADER_BYTES, footer);
      index.append(footer);
      index.finish();
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
    finished = true;
    return new BlockMeta(
        BlockMeta.VERSION,
        blockId,
        ProfilesBlockFormat.NAME,
        Math.floorDiv(minTime, 1_000_000),
        Math.floorDiv(maxTime, 1_000_000),
        level,
        sources,
        parents,
        List.of(
            new BlockMeta.File(ProfilesBlockFormat.INDEX, index.size()),
            new BlockMeta.File(ProfilesBlockFormat.PROFILES, file.size())),
        Map.of(
            "profiles", profiles,
            "samples", samples,
            "series", (long) series.size(),
            "partitions", (long) partitions.size(),
            "chunks", (long) chunks.size()),
        createdMillis);
  }

  @Override
  public void close() {
    if (!finished) {
      file.close();
    }
  }
}
