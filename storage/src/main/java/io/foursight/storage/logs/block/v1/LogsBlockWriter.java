package io.foursight.storage.logs.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes one block as files in a local directory; `meta.json` is left to
/// [io.foursight.storage.block.BlockStore#upload]. Entries arrive in block order: streams ascending
/// by [LogsBlockFormat#STREAM_ORDER], the entries of a stream ascending by time, equal times in
/// order of arrival. A stream may go on in the next page. Entries are kept as they come,
/// repetitions too. Held in memory are one row group (some 16 MB and its columns), the streams'
/// labels and a few bytes a slice. Owned by one thread. Errors: `BAD_DATA` for entries out of
/// order, `UNAVAILABLE` when the directory cannot be written.
public final class LogsBlockWriter implements AutoCloseable {
  private final Path directory;
  private final String blockId;
  private final BlockFile rowsFile;
  private final BlockFile index;
  private final GroupBuffer buffer = new GroupBuffer();
  private final GroupWriter groupWriter = new GroupWriter();
  private final List<Labels> streams = new ArrayList<>();
  private final List<GroupSummary> groups = new ArrayList<>();
  private String application = "";
  private long lastTime;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private long entryCount;
  private long rawBytes;
  private boolean finished;

  /// @param directory where the files go; created when absent
  /// @param blockId ULID
  public LogsBlockWriter(Path directory, String blockId) {
    this.directory = directory;
    this.blockId = blockId;
    rowsFile = LogsBlockFormat.file(directory, LogsBlockFormat.ROWS);
    index = LogsBlockFormat.file(directory, LogsBlockFormat.INDEX);
  }

  /// Adds the entries of a page, which is read before this returns.
  public void add(LogsPage page) {
    int current = -1;
    buffer.begin(page);
    for (int row = 0; row < page.rows(); row++) {
      if (page.streamOf()[row] != current) {
        current = page.streamOf()[row];
        begin(page.streams().get(current));
      }
      long time = page.timestamps()[row];
      if (time < lastTime) {
        throw FoursightException.badData(
            "block %s: stream %s: time %d follows %d"
                .formatted(blockId, streams.getLast(), time, lastTime));
      }
      lastTime = time;
      minTime = Math.min(minTime, time);
      maxTime = Math.max(maxTime, time);
      if (buffer.isFull()) {
        cut();
      }
      buffer.add(streams.size() - 1, row);
      entryCount++;
    }
  }

  private void begin(Labels labels) {
    if (!streams.isEmpty()) {
      int order = LogsBlockFormat.STREAM_ORDER.compare(streams.getLast(), labels);
      if (order > 0) {
        throw FoursightException.badData(
            "block %s: stream %s added after %s, out of order"
                .formatted(blockId, labels, streams.getLast()));
      }
      if (order == 0) {
        return;
      }
    }
    streams.add(labels);
    lastTime = Long.MIN_VALUE;
    String next = LogsBlockFormat.application(labels);
    if (buffer.bytes >= LogsBlockFormat.GROUP_BYTES_AT_BORDER && !next.equals(application)) {
      cut();
    }
    application = next;
  }

  private void cut() {
    if (buffer.rows == 0) {
      return;
    }
    GroupOutput out = groupWriter.write(buffer);
    ByteWriter packed = Section.pack(out.directory);
    groups.add(
        GroupSummary.of(buffer, rowsFile.size(), out.data.size(), index.size(), packed.size()));
    rowsFile.append(out.data);
    index.append(packed);
    rawBytes += buffer.bytes;
    buffer.clear();
  }

  public long entryCount() {
    return entryCount;
  }

  public long streamCount() {
    return streams.size();
  }

  /// Bytes of lines and structured metadata added so far, uncompressed.
  public long rawBytes() {
    return rawBytes + buffer.bytes;
  }

  /// Bytes written so far, without the row group that is being filled.
  public long storedBytes() {
    return rowsFile.size() + index.size();
  }

  /// Writes what is left, syncs the files and describes the block. A block without entries has the
  /// time range 0..-1.
  public BlockMeta finish(
      int level, List<String> sources, List<String> parents, long createdMillis) {
    cut();
    long streamsOffset = index.size();
    index.append(StreamTable.pack(streams));
    long groupsOffset = index.size();
    var summaries = new ByteWriter();
    summaries.varint(groups.size());
    groups.forEach(group -> group.write(summaries));
    index.append(Section.pack(summaries));
    var footer = new ByteWriter();
    LogsBlockFormat.writeFooter(new LogsBlockFormat.Footer(streamsOffset, groupsOffset), footer);
    index.append(footer);
    rowsFile.finish();
    index.finish();
    finished = true;
    groupWriter.close();
    return new BlockMeta(
        BlockMeta.VERSION,
        blockId,
        LogsBlockFormat.NAME,
        entryCount == 0 ? 0 : Math.floorDiv(minTime, 1_000_000L),
        entryCount == 0 ? -1 : Math.floorDiv(maxTime, 1_000_000L),
        level,
        sources,
        parents,
        List.of(file(LogsBlockFormat.INDEX), file(LogsBlockFormat.ROWS)),
        stats(),
        createdMillis);
  }

  private Map<String, Long> stats() {
    var stats = new LinkedHashMap<String, Long>();
    stats.put("streams", (long) streams.size());
    stats.put("entries", entryCount);
    stats.put("raw_bytes", rawBytes);
    stats.put("row_groups", (long) groups.size());
    stats.put("inexact_row_groups", groupWriter.inexactGroups());
    return stats;
  }

  private BlockMeta.File file(String name) {
    try {
      return new BlockMeta.File(name, Files.size(directory.resolve(name)));
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot read size of " + directory.resolve(name), e);
    }
  }

  /// Without [#finish], removes what was written.
  @Override
  public void close() {
    if (!finished) {
      finished = true;
      groupWriter.close();
      rowsFile.close();
      index.close();
    }
  }
}
