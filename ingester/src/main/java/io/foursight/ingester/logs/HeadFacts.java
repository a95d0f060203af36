package io.foursight.ingester.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.StreamVolume;
import io.foursight.storage.logs.block.v1.LinePatterns;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a head says without handing out entries: streams, labels, sums. Exact. Stateless.
final class HeadFacts {
  private static final int MAX_BUCKETS = 1 << 20;

  private HeadFacts() {}

  /// Called for each row of a matching stream inside the range.
  private interface RowVisitor {
    void row(LogsSegment.View segment, HeadPage.View page, int row);
  }

  private interface PageVisitor {
    void page(LogsSegment.View segment, HeadPage.View page);
  }

  private static void rows(
      List<LogsSegment> segments, LogsSelect select, PageVisitor pages, RowVisitor rows) {
    for (LogsSegment segment : segments) {
      LogsSegment.View view = segment.view();
      BitSet matching = segment.matching(select.matchers());
      if (matching.isEmpty()) {
        continue;
      }
      for (HeadPage.View page : view.pages()) {
        if (page.maxTime() < select.startNanos() || page.minTime() >= select.endNanos()) {
          continue;
        }
        select.budget().check();
        pages.page(view, page);
        for (int row = 0; row < page.rows(); row++) {
          long time = page.times()[row];
          if (time >= select.startNanos()
              && time < select.endNanos()
              && matching.get(page.streams()[row])) {
            rows.row(view, page, row);
          }
        }
      }
    }
  }

  /// Ascending, distinct.
  static TreeSet<Labels> series(List<LogsSegment> segments, LogsSelect select) {
    var found = new TreeSet<Labels>();
    for (LogsSegment segment : segments) {
      var seen = new BitSet();
      rows(
          List.of(segment),
          select,
          (view, page) -> {},
          (view, page, row) -> {
            int stream = page.streams()[row];
            if (!seen.get(stream)) {
              seen.set(stream);
              found.add(view.streams().get(stream));
            }
          });
    }
    return found;
  }

  private static final class Sum {
    long chunks;
    long bytes;
    long entries;
  }

  static LogsStats stats(List<LogsSegment> segments, LogsSelect select) {
    var sum = new Sum();
    long streams = 0;
    for (LogsSegment segment : segments) {
      var seen = new BitSet();
      rows(
          List.of(segment),
          select,
          (view, page) -> sum.chunks++,
          (view, page, row) -> {
            seen.set(page.streams()[row]);
            sum.bytes += page.sizes()[row];
            sum.entries++;
          });
      streams += seen.cardinality();
    }
    return new LogsStats(streams, sum.chunks, sum.bytes, sum.entries);
  }

  static List<StreamVolume> volumes(List<LogsSegment> segments, LogsSelect select, long stepNanos) {
    long span = select.endNanos() - select.startNanos();
    int buckets =
        stepNanos <= 0 ? 1 : (int) Math.min(MAX_BUCKETS, (span + stepNanos - 1) / stepNanos);
    var volumes = new TreeMap<Labels, StreamVolume>();
    for (LogsSegment segment : segments) {
      var byStream = new StreamVolume[segment.streamCount() + 1];
      rows(
          List.of(segment),
          select,
          (view, page) -> {},
          (view, page, row) -> {
            int stream = page.streams()[row];
            StreamVolume volume = stream < byStream.length ? byStream[stream] : null;
            if (volume == null) {
              volume =
                  volumes.computeIfAbsent(
                      view.streams().get(stream),
                      labels -> {
                        select.budget().charge(16L * buckets);
                        return new StreamVolume(labels, new long[buckets], new long[buckets]);
                      });
              if (stream < byStream.length) {
                byStream[stream] = volume;
              }
            }
            int bucket =
                stepNanos <= 0
                    ? 0
                    : (int)
                        Math.min(
                            buckets - 1L, (page.times()[row] - select.startNanos()) / stepNanos);
            volume.bytes()[bucket] += page.sizes()[row];
            volume.entries()[bucket]++;
          });
    }
    select.budget().release(16L * buckets * volumes.size());
    return List.copyOf(volumes.values());
  }

  /// Found as blocks find them, one set of patterns over all segments.
  static List<LogsPattern> patterns(
      List<LogsSegment> segments, LogsSelect select, long stepNanos, int limit) {
    if (select.startNanos() >= select.endNanos()) {
      return List.of();
    }
    var patterns = new LinePatterns(select, stepNanos);
    var levels = new Levels();
    rows(
        segments,
        select,
        (view, page) -> levels.begin(page),
        (view, page, row) ->
            patterns.add(
                page.lines(),
                page.lineStarts()[row],
                page.lineLength(row),
                page.times()[row],
                levels.of(row)));
    return patterns.most(limit);
  }

  /// The detected levels of a page.
  private static final class Levels {
    private static final String NAME = "detected_level";

    private Optional<HeadColumn.View> column = Optional.empty();
    private String[] texts = {};

    void begin(HeadPage.View page) {
      column = page.columns().stream().filter(c -> c.name().equals(NAME)).findFirst();
      texts = new String[16];
    }

    String of(int row) {
      int code = column.map(c -> c.code(row)).orElse(-1);
      if (code < 0) {
        return "";
      }
      if (code >= texts.length) {
        texts = Arrays.copyOf(texts, 2 * code);
      }
      if (texts[code] == null) {
        HeadColumn.View levels = column.orElseThrow();
        texts[code] =
            new String(
                levels.values(),
                levels.starts()[code],
                levels.length(code),
                StandardCharsets.UTF_8);
      }
      return texts[code];
    }
  }
}
