package io.foursight.queryfrontend.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
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

/// Entries in a list, the plainest Source: all that match in one page.
final class ListedLogs implements LogsSource {
  record Row(Labels stream, long timestampNanos, byte[] line) {}

  private final List<Row> rows = new ArrayList<>();

  void add(Labels stream, long timestampNanos, String line) {
    rows.add(new Row(stream, timestampNanos, line.getBytes(StandardCharsets.UTF_8)));
  }

  private List<Row> matching(LogsSelect select) {
    return rows.stream()
        .filter(r -> r.timestampNanos() >= select.startNanos())
        .filter(r -> r.timestampNanos() < select.endNanos())
        .filter(r -> select.matchers().stream().allMatch(m -> m.matches(r.stream().get(m.name()))))
        .filter(r -> select.passes(r.line(), 0, r.line().length))
        .sorted(Comparator.comparing(Row::stream).thenComparingLong(Row::timestampNanos))
        .toList();
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    List<Row> found = matching(select);
    return found.isEmpty() ? LogsCursor.empty() : new OnePage(page(found));
  }

  private static LogsPage page(List<Row> found) {
    int n = found.size();
    var lines = new ByteArrayOutputStream();
    var times = new long[n];
    var streamOf = new int[n];
    var starts = new int[n];
    var lengths = new int[n];
    var streams = new ArrayList<Labels>();
    for (int i = 0; i < n; i++) {
      Row row = found.get(i);
      if (streams.isEmpty() || !streams.getLast().equals(row.stream())) {
        streams.add(row.stream());
      }
      times[i] = row.timestampNanos();
      streamOf[i] = streams.size() - 1;
      starts[i] = lines.size();
      lengths[i] = row.line().length;
      lines.writeBytes(row.line());
    }
    return new LogsPage(
        n, times, streams, streamOf, lines.toByteArray(), starts, lengths, List.of());
  }

  private static final class OnePage implements LogsCursor {
    private final LogsPage page;
    private boolean given;

    OnePage(LogsPage page) {
      this.page = page;
    }

    @Override
    public boolean next() {
      boolean first = !given;
      given = true;
      return first;
    }

    @Override
    public LogsPage page() {
      return page;
    }

    /// Nothing is known: readers take everything.
    @Override
    public long bound() {
      return given ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @Override
    public void close() {}
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return matching(select).stream().map(Row::stream).distinct().toList();
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return List.of();
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return List.of();
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    List<Row> found = matching(select);
    return new LogsStats(1, 1, found.stream().mapToLong(r -> r.line().length).sum(), found.size());
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
