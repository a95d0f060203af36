package io.foursight.storage.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/// Appends frames to the open segment of a log and begins the next one when it is full. Owned by
/// the committer thread, but for [#sync], which may run beside it.
///
/// Frames gather in a direct buffer; [#flush] hands them to the operating system. When that fails,
/// the segment is cut back to the last flushed frame, so nothing of a refused batch is found by a
/// replay.
final class SegmentWriter {
  private static final int BUFFER = 1 << 20;

  private final WalDirectory directory;
  private final WalMetrics metrics;
  private final long segmentSize;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private volatile WalDirectory.Segment segment;

  /// Where the next frame goes.
  private long offset;

  /// End of what the operating system has.
  private volatile long written;

  /// End of what is on stable storage, as far as we know.
  private volatile long synced;

  /// The last write left something that could not be undone: go on in another file.
  private boolean broken;

  SegmentWriter(WalDirectory directory, WalMetrics metrics, long segmentSize) {
    this.directory = directory;
    this.metrics = metrics;
    this.segmentSize = segmentSize;
  }

  void open() throws IOException {
    segment = directory.create();
    offset = WalFormat.SEGMENT_HEADER;
    written = offset;
    synced = offset;
    broken = false;
  }

  long number() {
    return segment.number();
  }

  boolean isEmpty() {
    return offset == WalFormat.SEGMENT_HEADER;
  }

  /// Whether a batch of this size fits; one larger than any segment has one for itself. A batch
  /// never spans segments, so that it can be undone as a whole.
  boolean fits(long batchSize) {
    return !broken && (isEmpty() || offset + batchSize + WalFormat.FRAME_HEADER <= segmentSize);
  }

  /// Takes a frame in; [#flush] must follow.
  Wal.Position add(byte[] frame) throws IOException {
    long at = offset;
    WalFrame.seal(frame, crc, segment.seed(), at, synced);
    int done = 0;
    while (done < frame.length) {
      if (!buffer.hasRemaining()) {
        drain(at + done);
      }
      int n = Math.min(buffer.remaining(), frame.length - done);
      buffer.put(frame, done, n);
      done += n;
    }
    offset = at + frame.length;
    return new Wal.Position(segment.number(), at);
  }

  /// Writes the buffer, which ends at file offset `end`.
  private void drain(long end) throws IOException {
    buffer.flip();
    WalDirectory.writeFully(segment.channel(), buffer, end - buffer.limit());
    buffer.clear();
  }

  /// Hands everything added to the operating system.
  void flush() throws IOException {
    drain(offset);
    metrics.bytes.increment(offset - written);
    written = offset;
    directory.size(segment.number(), offset);
  }

  /// Forgets what was added since the last flush.
  void undo() {
    buffer.clear();
    offset = written;
    try {
      segment.channel().truncate(written);
    } catch (IOException e) {
      broken = true;
    }
  }

  /// Syncs what is written. Safe beside the committer: another segment may be opened meanwhile, but
  /// only after it has synced this one itself.
  void sync() throws IOException {
    WalDirectory.Segment current;
    long end;
    synchronized (this) {
      current = segment;
      end = written;
      if (end <= synced) {
        return;
      }
    }
    try {
      force(current);
    } catch (ClosedChannelException e) {
      if (segment == current) {
        throw e;
      }
      return; // finished, and synced, by the committer meanwhile
    }
    synchronized (this) {
      if (segment == current) {
        synced = Math.max(synced, end);
      }
    }
  }

  private void force(WalDirectory.Segment current) throws IOException {
    long start = System.nanoTime();
    current.channel().force(false);
    metrics.sync.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }

  /// Closes the segment with an end frame and begins another.
  void roll() throws IOException {
    WalDirectory.Segment old = segment;
    finish();
    WalDirectory.Segment next = directory.create();
    synchronized (this) {
      segment = next;
      offset = WalFormat.SEGMENT_HEADER;
      written = offset;
      synced = offset;
      broken = false;
    }
    old.channel().close();
  }

  /// Writes the end frame and syncs. The end frame is not counted as written, so that a failed
  /// [#roll] can go on in this segment.
  private void finish() throws IOException {
    if (broken) {
      segment.channel().truncate(written);
    }
    byte[] end = WalFrame.end();
    WalFrame.seal(end, crc, segment.seed(), written, written);
    WalDirectory.writeFully(segment.channel(), ByteBuffer.wrap(end), written);
    force(segment);
  }

  void close() throws IOException {
    if (segment != null) {
      try {
        finish();
      } finally {
        segment.channel().close();
      }
    }
  }
}
