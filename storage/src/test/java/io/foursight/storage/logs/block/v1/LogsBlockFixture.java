package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// A block kept in memory, with counted reads and bytes that can be damaged.
final class LogsBlockFixture {
  static final String ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ";

  /// One entry as a test thinks of it; `line` in ISO-8859-1, so that any bytes can be written.
  record Entry(Labels labels, long time, String line, Map<String, String> metadata) {
    Entry {
      metadata = new TreeMap<>(metadata);
    }

    Entry(Labels labels, long time, String line) {
      this(labels, time, line, Map.of());
    }

    byte[] bytes() {
      return line.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  final Map<String, byte[]> files = new HashMap<>();
  final AtomicInteger indexReads = new AtomicInteger();
  final AtomicInteger rowReads = new AtomicInteger();
  final AtomicLong rowBytesRead = new AtomicLong();
  BlockMeta meta;

  static LogsBlockFixture write(Path directory, List<Entry> entries) throws IOException {
    var fixture = new LogsBlockFixture();
    try (var writer = new LogsBlockWriter(directory, ID)) {
      var ordered = new ArrayList<>(entries);
      ordered.sort(
          Comparator.comparing(Entry::labels, LogsBlockFormat.STREAM_ORDER)
              .thenComparing(Entry::time));
      for (int at = 0; at < ordered.size(); at += 1000) {
        writer.add(page(ordered.subList(at, Math.min(ordered.size(), at + 1000))));
      }
      fixture.meta = writer.finish(1, List.of(ID), List.of(), 7);
    }
    for (BlockMeta.File file : fixture.meta.files()) {
      fixture.files.put(file.name(), Files.readAllBytes(directory.resolve(file.name())));
    }
    return fixture;
  }

  static LogsPage page(List<Entry> entries) {
    int n = entries.size();
    var times = new long[n];
    var streams = new ArrayList<Labels>();
    var streamOf = new int[n];
    var lines = new ByteWriter();
    var starts = new int[n];
    var lengths = new int[n];
    var names = new TreeMap<String, ByteWriter>();
    var codes = new HashMap<String, int[]>();
    var ends = new HashMap<String, List<Integer>>();
    for (int i = 0; i < n; i++) {
      Entry entry = entries.get(i);
      times[i] = entry.time;
      if (streams.isEmpty() || !streams.getLast().equals(entry.labels)) {
        streams.add(entry.labels);
      }
      streamOf[i] = streams.size() - 1;
      starts[i] = lines.size();
      lengths[i] = entry.line.length();
      lines.bytes(entry.bytes(), 0, lengths[i]);
      int row = i;
      entry.metadata.forEach((name, value) -> {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        ByteWriter bytes = names.computeIfAbsent(name, k -> new ByteWriter());
        int[] of =
            codes.computeIfAbsent(
                name,
                k -> {
                  var fresh = new int[n];
                  Arrays.fill(fresh, -1);
                  return fresh;
                });
        List<Integer> to = ends.computeIfAbsent(name, k -> new ArrayList<>(List.of(0)));
        of[row] = to.size() - 1;
        bytes.bytes(utf8, 0, utf8.length);
        to.add(bytes.size());
      });
    }
    var metadata = new ArrayList<LogsPage.MetadataColumn>();
    names.forEach((name, bytes) ->
        metadata.add(
            new LogsPage.MetadataColumn(
                name,
                codes.get(name),
                bytes.array(),
                ends.get(name).stream().mapToInt(Integer::intValue).toArray())));
    return new LogsPage(n, times, streams, streamOf, lines.array(), starts, lengths, metadata);
  }

  static List<Entry> entries(LogsPage page) {
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < page.rows(); i++) {
      var line =
          new String(
              page.lines(),
              page.lineStarts()[i],
              page.lineLengths()[i],
              StandardCharsets.ISO_8859_1);
      var metadata = new TreeMap<String, String>();
      for (LogsPage.MetadataColumn column : page.metadata()) {
        if (column.has(i)) {
          metadata.put(
              column.name(),
              new String(
                  column.bytes(), column.start(i), column.length(i), StandardCharsets.UTF_8));
        }
      }
      entries.add(new Entry(page.labels(i), page.timestamps()[i], line, metadata));
    }
    return entries;
  }

  static List<Entry> drain(LogsCursor cursor) {
    var entries = new ArrayList<Entry>();
    try (cursor) {
      while (cursor.next()) {
        entries.addAll(entries(cursor.page()));
      }
    }
    return entries;
  }

  Function<String, RangedReader> source() {
    return name -> {
      byte[] bytes = files.get(name);
      return new RangedReader() {
        @Override
        public long size() {
          return bytes.length;
        }

        @Override
        public byte[] read(long offset, int length) {
          return readAll(List.of(new Range(offset, length))).getFirst();
        }

        /// Counts as one read.
        @Override
        public List<byte[]> readAll(List<Range> ranges) {
          (name.equals(LogsBlockFormat.INDEX) ? indexReads : rowReads).incrementAndGet();
          var pieces = new ArrayList<byte[]>();
          for (Range range : ranges) {
            if (range.offset() < 0 || range.end() > bytes.length) {
              throw FoursightException.corrupt(name + ": range " + range);
            }
            if (name.equals(LogsBlockFormat.ROWS)) {
              rowBytesRead.addAndGet(range.length());
            }
            pieces.add(Arrays.copyOfRange(bytes, (int) range.offset(), (int) range.end()));
          }
          return pieces;
        }
      };
    };
  }

  LogsBlockReader open() {
    return LogsBlockReader.open(meta, source());
  }
}
