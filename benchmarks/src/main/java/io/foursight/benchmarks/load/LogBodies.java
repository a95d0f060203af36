package io.foursight.benchmarks.load;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.logs.block.v1.LogsBlockFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Pieces of a [LogWorkload] in memory, for benchmarks of single parts.
public final class LogBodies {
  private static final int PAGE_ROWS = 4096;

  private LogBodies() {}

  /// Push requests over all streams in turn, of about so many bytes of lines each.
  public static List<byte[]> requests(
      LogWorkload workload, boolean protobuf, long totalBytes, int batchBytes) {
    List<LogWorkload.Stream> streams = workload.streams();
    var requests = new ArrayList<byte[]>();
    var line = new LogText();
    var values = new LogText();
    var body = new LogText();
    long left = totalBytes;
    // Each stream's share of a request comes from the same slice of time.
    long slice = (long) (workload.seconds(batchBytes) * 1e9);
    for (long to = workload.startNanos() + slice; left > 0; to += slice) {
      body.clear();
      for (LogWorkload.Stream stream : streams) {
        values.clear();
        while (stream.time() < to) {
          long time = stream.time();
          line.clear();
          stream.line(line);
          PushBodies.entry(protobuf, time, line, values);
          left -= line.size();
        }
        if (values.size() > 0) {
          PushBodies.stream(protobuf, stream, values, body);
        }
      }
      PushBodies.end(protobuf, body);
      if (body.size() > 0) {
        requests.add(Arrays.copyOf(body.bytes(), body.size()));
      }
    }
    return requests;
  }

  /// Pages in the order of a block, with the metadata `detected_level`.
  public static List<LogsPage> pages(LogWorkload workload, long totalBytes) {
    long end = workload.startNanos() + (long) (workload.seconds(totalBytes) * 1e9);
    record Ordered(Labels labels, LogWorkload.Stream stream) {}
    var streams = new ArrayList<Ordered>();
    for (LogWorkload.Stream stream : workload.streams()) {
      var labels =
          Labels.of(
              "app", stream.app(),
              "cluster", "prod-eu-west-1",
              "namespace", "shop",
              "pod", stream.pod(),
              "service_name", stream.app());
      streams.add(new Ordered(labels, stream));
    }
    streams.sort(Comparator.comparing(Ordered::labels, LogsBlockFormat.STREAM_ORDER));
    var pages = new ArrayList<LogsPage>();
    for (Ordered each : streams) {
      while (each.stream.time() < end) {
        pages.add(page(each.labels, each.stream, end));
      }
    }
    return pages;
  }

  private static LogsPage page(Labels labels, LogWorkload.Stream stream, long end) {
    var text = new LogText();
    var times = new long[PAGE_ROWS];
    var starts = new int[PAGE_ROWS];
    var lengths = new int[PAGE_ROWS];
    var levels = new int[PAGE_ROWS];
    int rows = 0;
    for (; rows < PAGE_ROWS && stream.time() < end; rows++) {
      times[rows] = stream.time();
      starts[rows] = text.size();
      stream.line(text);
      lengths[rows] = text.size() - starts[rows];
      levels[rows] = times[rows] / 1000 % 50 == 0 ? 1 : 0;
    }
    var level =
        new LogsPage.MetadataColumn(
            "detected_level",
            levels,
            "infoerror".getBytes(StandardCharsets.UTF_8),
            new int[] {0, 4, 9});
    return new LogsPage(
        rows,
        times,
        List.of(labels),
        new int[rows],
        Arrays.copyOf(text.bytes(), text.size()),
        starts,
        lengths,
        List.of(level));
  }
}
