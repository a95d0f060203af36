package io.foursight.storage.traces.block.v1;

import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.object.RangedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Writes and opens blocks of tests, and counts reads.
final class TracesBlockFixture {
  static final String ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

  private TracesBlockFixture() {}

  static BlockMeta write(Path directory, List<RandomSpans.Sent> spans) {
    return write(directory, spans, SpansFile.Bounds.OF_FORMAT);
  }

  static BlockMeta write(Path directory, List<RandomSpans.Sent> spans, SpansFile.Bounds bounds) {
    try (var writer = new TracesBlockWriter(directory, ID, bounds)) {
      for (RandomSpans.Sent sent : spans) {
        byte[] bytes = sent.span().toByteArray();
        writer.add(
            sent.origin(),
            sent.high(),
            sent.low(),
            sent.span().getStartTimeUnixNano(),
            bytes,
            0,
            bytes.length);
      }
      return writer.finish(1, List.of(ID), List.of(), 7);
    }
  }

  static TracesBlockReader open(Path directory, BlockMeta meta) {
    return TracesBlockReader.open(meta, name -> new FileRangedReader(directory.resolve(name)));
  }

  /// A reader over a file that notes what is asked of it; a `readAll` counts once, as neighbours
  /// are fetched together.
  static final class Counted implements RangedReader {
    private final RangedReader file;
    private final List<String> reads;
    private final String name;

    Counted(Path directory, String name, List<String> reads) {
      file = new FileRangedReader(directory.resolve(name));
      this.reads = reads;
      this.name = name;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public byte[] read(long offset, int length) {
      reads.add(name);
      return file.read(offset, length);
    }

    @Override
    public List<byte[]> readAll(List<Range> ranges) {
      reads.add(name);
      return file.readAll(ranges);
    }

    @Override
    public void close() {
      file.close();
    }
  }

  static List<String> noReads() {
    return Collections.synchronizedList(new ArrayList<>());
  }
}
