package io.foursight.storage.wal;

import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was in the log at start: closes the segment that a crash left open, then reads all of them.
final class WalReplay {
  private static final Logger log = LoggerFactory.getLogger(WalReplay.class);

  private final WalDirectory directory;
  private final WalMetrics metrics;
  private final boolean repair;
  private NavigableMap<Long, Long> segments = new TreeMap<>();

  WalReplay(WalDirectory directory, WalMetrics metrics, boolean repair) {
    this.directory = directory;
    this.metrics = metrics;
    this.repair = repair;
  }

  /// Finds the end of the last segment, cuts a torn tail off and writes the end frame, so that
  /// every segment on disk is finished before a new one is begun.
  void closeLastSegment() {
    segments = directory.segments();
    if (segments.isEmpty()) {
      return;
    }
    long number = segments.lastKey();
    Path file = directory.file(number);
    try (var reader = new SegmentReader(file, number)) {
      while (reader.next()) {
        continue;
      }
      if (reader.end() == SegmentReader.End.TORN) {
        if (reader.damageBefore() && !repair) {
          throw corrupt(file, reader);
        }
        finishAt(file, reader);
      }
      directory.size(number, reader.offset());
      segments.put(number, reader.offset());
    } catch (IOException e) {
      throw WalDirectory.failed("read", file, e);
    }
  }

  private void finishAt(Path file, SegmentReader reader) throws IOException {
    long end = reader.offset();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long cut = channel.size() - end;
      channel.truncate(end);
      byte[] frame = WalFrame.end();
      WalFrame.seal(frame, new CRC32C(), reader.seed(), end, end);
      WalDirectory.writeFully(channel, ByteBuffer.wrap(frame), end);
      channel.force(true);
      if (cut > 0) {
        metrics.tornBytes.increment(cut);
        log.info(
            "write-ahead log was left open file={} records_end={} reason={}",
            file,
            end,
            reader.reason());
      }
    }
  }

  private static FoursightException corrupt(Path file, SegmentReader reader) {
    return FoursightException.corrupt(
        "write-ahead log: "
            + file
            + " is damaged at offset "
            + reader.offset()
            + " ("
            + reader.reason()
            + "); with ingester.wal.repair it is cut there and what follows in it is lost");
  }

  /// Once, after [#closeLastSegment].
  void run(Wal.Replayer replayer) {
    try (var workers = new ReplayWorkers(replayer)) {
      for (long number : segments.keySet()) {
        Path file = directory.file(number);
        if (!Files.exists(file)) {
          continue; // truncated meanwhile: nobody needs it
        }
        try {
          read(file, number, workers);
        } catch (IOException e) {
          throw WalDirectory.failed("read", file, e);
        }
      }
      workers.finish();
    }
    segments.clear();
  }

  private void read(Path file, long number, ReplayWorkers workers) throws IOException {
    try (var reader = new SegmentReader(file, number)) {
      while (reader.next()) {
        Wal.Record record = reader.record();
        metrics.replayedRecords.increment();
        metrics.replayedBytes.increment(record.length());
        workers.add(record);
      }
      if (reader.end() == SegmentReader.End.TORN) {
        if (!repair) {
          throw corrupt(file, reader);
        }
        log.warn("write-ahead log is repaired file={} cut_at={}", file, reader.offset());
        finishAt(file, reader);
      }
      directory.size(number, reader.offset());
    }
  }
}
