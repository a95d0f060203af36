package io.foursight.storage.logs.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.NanoSpan;
import io.foursight.model.logs.StreamVolume;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Answers selects from one block by ranged reads: the index once, whole, when opened; then of
/// `rows` only the columns that a step needs. Safe from any thread; cursors belong to one thread.
/// The methods are those of [io.foursight.model.logs.LogsSource] for this block alone; the tenant
/// of a select and the blocks that it leaves out are the caller's to look after. Errors: `CORRUPT`
/// with file and offset, `UNIMPLEMENTED` for a block of an older or newer version, what the ranged
/// readers throw, and what the budget throws.
public final class LogsBlockReader implements AutoCloseable {
  private final BlockMeta meta;
  private final LogsIndex index;
  private final RangedReader rows;

  private LogsBlockReader(
      BlockMeta meta, Function<String, RangedReader> files, LogsBlockCache cache) {
    this.meta = meta;
    index = new LogsIndex(files.apply(LogsBlockFormat.INDEX), size(LogsBlockFormat.INDEX), cache);
    rows = files.apply(LogsBlockFormat.ROWS);
  }

  /// Reads the index in one request.
  ///
  /// @param files opens a file of the block by its name
  public static LogsBlockReader open(BlockMeta meta, Function<String, RangedReader> files) {
    return open(meta, files, new LogsBlockCache(LogsBlockCache.DEFAULT_BYTES));
  }

  /// @param cache directories of row groups, shared with other readers
  public static LogsBlockReader open(
      BlockMeta meta, Function<String, RangedReader> files, LogsBlockCache cache) {
    if (!meta.format().equals(LogsBlockFormat.NAME)) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          "block " + meta.id() + " has format " + meta.format() + ", not " + LogsBlockFormat.NAME);
    }
    return new LogsBlockReader(meta, files, cache);
  }

  private long size(String name) {
    return meta.files().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            FoursightException.corrupt(
                "block " + meta.id() + ": " + BlockMeta.FILE_NAME + " names no file " + name))
        .sizeBytes();
  }

  public BlockMeta meta() {
    return meta;
  }

  /// The entries asked for; conditions on fields are applied exactly as well, before the limit.
  public LogsCursor select(LogsSelect select) {
    return isOutside(select) ? LogsCursor.empty() : new SelectCursor(index, rows, select);
  }

  /// All entries in block order (streams by [LogsBlockFormat#STREAM_ORDER], each by time), for
  /// merges; pages do not come in the order of time, and `bound` says nothing.
  public LogsCursor scan() {
    return new ScanCursor(index, rows);
  }

  public List<Labels> series(LogsSelect select) {
    return isOutside(select) ? List.of() : new BlockStatistics(index, select).series();
  }

  /// Tells for each selected stream between which times it has entries, as far as the summaries
  /// say.
  public void spans(LogsSelect select, BiConsumer<Labels, NanoSpan> each) {
    var streams = new StreamFilter(select, index.streams());
    var spans = new NanoSpan[index.streams().size()];
    for (GroupSummary group : index.groups()) {
      for (GroupSummary.Run run : group.runs()) {
        if (streams.takes(run)) {
          var span = new NanoSpan(run.minTime(), run.maxTime());
          NanoSpan before = spans[run.stream()];
          spans[run.stream()] = before == null ? span : before.hull(span);
        }
      }
    }
    for (int s = 0; s < spans.length; s++) {
      if (spans[s] != null) {
        each.accept(index.streams().get(s), spans[s]);
      }
    }
  }

  public List<String> labelNames(LogsSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    series(select).forEach(labels -> names.addAll(labels.names()));
    return List.copyOf(names);
  }

  public List<String> labelValues(String label, LogsSelect select) {
    var values = new TreeSet<String>(Labels::compareText);
    series(select).forEach(labels -> values.add(labels.get(label)));
    values.remove("");
    return List.copyOf(values);
  }

  public LogsStats stats(LogsSelect select) {
    return isOutside(select) ? LogsStats.NONE : new BlockStatistics(index, select).stats();
  }

  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return isOutside(select) ? List.of() : new BlockStatistics(index, select).volumes(stepNanos);
  }

  /// Exact, from the templates of lines; three small columns of a row group are read for it.
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    if (isOutside(select)) {
      return List.of();
    }
    var streams = new StreamFilter(select, index.streams());
    var filter = new RowFilter(select, streams, index.streams());
    var counts = new PatternCounts(select, stepNanos);
    for (int g = 0; g < index.groups().size(); g++) {
      GroupSummary group = index.groups().get(g);
      if (group.runs().stream().anyMatch(streams::takes)) {
        select.budget().check();
        var open = new OpenGroup(group, index.directory(g), rows);
        counts.add(open, filter.inRange(open));
      }
    }
    return counts.most(limit);
  }

  private boolean isOutside(LogsSelect select) {
    return select.startNanos() >= select.endNanos() || index.groups().isEmpty();
  }

  public long streamCount() {
    return index.streams().size();
  }

  /// Reads and decodes everything, and so compares every checksum.
  ///
  /// @throws FoursightException `CORRUPT` at the first damage
  public void verify() {
    byte[] header = rows.read(0, LogsBlockFormat.HEADER_BYTES);
    LogsBlockFormat.checkHeader(
        new ByteReader(header, 0, header.length, LogsBlockFormat.ROWS, 0), LogsBlockFormat.ROWS);
    try (LogsCursor scan = scan()) {
      while (scan.next()) {
        scan.page();
      }
    }
  }

  @Override
  public void close() {
    index.close();
    rows.close();
  }
}
