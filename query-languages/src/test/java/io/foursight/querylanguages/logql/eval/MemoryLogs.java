package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.StreamVolume;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Entries in a list, the plainest Source: pages of at most `pageRows` entries of one stream.
final class MemoryLogs implements LogsSource {
  record Entry(Labels stream, long timestampNanos, byte[] line, Labels metadata) {}

  private final int pageRows;
  private final List<Entry> entries = new ArrayList<>();

  MemoryLogs(int pageRows) {
    this.pageRows = pageRows;
  }

  void add(Labels stream, long timestampNanos, String line, Labels metadata) {
    entries.add(new Entry(stream, timestampNanos, line.getBytes(StandardCharsets.UTF_8), metadata));
  }

  private List<Entry> matching(LogsSelect select) {
    return entries.stream()
        .filter(e -> e.timestampNanos() >= select.startNanos())
        .filter(e -> e.timestampNanos() < select.endNanos())
        .filter(e -> select.matchers().stream().allMatch(m -> m.matches(e.stream().get(m.name()))))
        .filter(e -> select.passes(e.line(), 0, e.line().length))
        .toList();
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    Map<Labels, List<Entry>> streams = new TreeMap<>();
    matching(select)
        .forEach(e -> streams.computeIfAbsent(e.stream(), s -> new ArrayList<>()).add(e));
    var pages = new ArrayList<LogsPage>();
    streams.forEach((labels, own) -> {
      own.sort(Comparator.comparingLong(Entry::timestampNanos));
      for (int from = 0; from < own.size(); from += pageRows) {
        pages.add(page(labels, own.subList(from, Math.min(own.size(), from + pageRows))));
      }
    });
    boolean backward = select.direction() == Direction.BACKWARD;
    pages.sort(
        backward
            ? Comparator.comparingLong((LogsPage p) -> p.timestamps()[p.rows() - 1]).reversed()
            : Comparator.comparingLong((LogsPage p) -> p.timestamps()[0]));
    return new Pages(pages, backward);
  }

  private static final class Pages implements LogsCursor {
    private final List<LogsPage> pages;
    private final boolean backward;
    private int at = -1;

    Pages(List<LogsPage> pages, boolean backward) {
      this.pages = pages;
      this.backward = backward;
    }

    @Override
    public boolean next() {
      return ++at < pages.size();
    }

    @Override
    public LogsPage page() {
      return pages.get(at);
    }

    @Override
    public long bound() {
      if (at + 1 >= pages.size()) {
        return backward ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
      LogsPage next = pages.get(at + 1);
      return backward ? next.timestamps()[next.rows() - 1] : next.timestamps()[0];
    }

    @Override
    public void close() {}
  }

  private static LogsPage page(Labels labels, List<Entry> rows) {
    int n = rows.size();
    var lines = new ByteArrayOutputStream();
    var timestamps = new long[n];
    var starts = new int[n];
    var lengths = new int[n];
    var names = new TreeSet<String>();
    for (int i = 0; i < n; i++) {
      Entry e = rows.get(i);
      timestamps[i] = e.timestampNanos();
      starts[i] = lines.size();
      lengths[i] = e.line().length;
      lines.writeBytes(e.line());
      names.addAll(e.metadata().names());
    }
    var columns = new ArrayList<MetadataColumn>();
    for (String name : names) {
      var bytes = new ByteArrayOutputStream();
      var codes = new int[n];
      var ends = new ArrayList<Integer>(List.of(0));
      for (int i = 0; i < n; i++) {
        Labels metadata = rows.get(i).metadata();
        codes[i] = metadata.has(name) ? ends.size() - 1 : -1;
        if (metadata.has(name)) {
          bytes.writeBytes(metadata.get(name).getBytes(StandardCharsets.UTF_8));
          ends.add(bytes.size());
        }
      }
      columns.add(
          new MetadataColumn(
              name, codes, bytes.toByteArray(), ends.stream().mapToInt(x -> x).toArray()));
    }
    return new LogsPage(
        n, timestamps, List.of(labels), new int[n], lines.toByteArray(), starts, lengths, columns);
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return matching(select).stream().map(Entry::stream).distinct().sorted().toList();
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return series(select).stream().flatMap(l -> l.names().stream()).distinct().sorted().toList();
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return series(select).stream()
        .map(l -> l.get(label))
        .filter(v -> !v.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    List<Entry> found = matching(select);
    return new LogsStats(
        series(select).size(),
        1,
        found.stream().mapToLong(e -> e.line().length).sum(),
        found.size());
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return List.of();
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return List.of();
  }
}
