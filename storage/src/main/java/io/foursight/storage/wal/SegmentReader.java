package io.foursight.storage.wal;

import io.foursight.model.FoursightException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// Reads one segment front to back and tells its end from damage. Owned by one thread.
final class SegmentReader implements AutoCloseable {
  /// How the frames stopped.
  enum End {
    /// The end frame was met: everything that was written has been read.
    FINISHED,
    /// No valid frame stands at [#offset()]: the torn tail of a crash, or damage (see
    /// [#damageBefore()]).
    TORN
  }

  private static final int BUFFER = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private final long number;
  private final long seed;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private long bufferStart;
  private final ByteBuffer header =
      ByteBuffer.allocate(WalFormat.FRAME_HEADER).order(ByteOrder.LITTLE_ENDIAN);
  private byte[] body = {};
  private long frameStart;
  private long offset = WalFormat.SEGMENT_HEADER;
  private End end;
  private String reason = "";

  /// Opens and checks the segment's header.
  ///
  /// @throws FoursightException `CORRUPT` for a bad header, `UNIMPLEMENTED` for a newer version
  SegmentReader(Path file, long number) throws IOException {
    this.file = file;
    this.number = number;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      this.size = channel.size();
      this.buffer.limit(0);
      byte[] head = new byte[WalFormat.SEGMENT_HEADER];
      if (size < head.length) {
        throw FoursightException.corrupt(file + " has " + size + " bytes, too short for a header");
      }
      read(0, head, 0, head.length);
      ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      if (fields.getInt(0) != WalFormat.MAGIC) {
        throw FoursightException.corrupt(file + " is not a log segment: bad magic at offset 0");
      }
      WalVersions.check(file, fields.getShort(WalFormat.SEGMENT_VERSION_AT));
      if (fields.getInt(WalFormat.SEGMENT_CRC_AT)
          != WalFormat.crc(head, 0, WalFormat.SEGMENT_CRC_AT)) {
        throw FoursightException.corrupt(file + " has a damaged header: bad checksum at offset 24");
      }
      if (fields.getLong(WalFormat.SEGMENT_NUMBER_AT) != number) {
        throw FoursightException.corrupt(
            file + " says that it is segment " + fields.getLong(WalFormat.SEGMENT_NUMBER_AT));
      }
      this.seed = fields.getLong(WalFormat.SEGMENT_SEED_AT);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Moves to the next record; false at the end (see [#end()]).
  boolean next() throws IOException {
    if (end != null) {
      return false;
    }
    if (!frameAt(offset)) {
      end = End.TORN;
      return false;
    }
    if (header.get(WalFormat.SIGNAL_AT) == 0) {
      end = End.FINISHED;
      return false;
    }
    frameStart = offset;
    offset += WalFormat.frameSize(body.length);
    return true;
  }

  /// Whether a valid frame stands here; fills `header` and `body`.
  private boolean frameAt(long at) throws IOException {
    if (at + WalFormat.FRAME_HEADER > size) {
      reason = "the file ends";
      return false;
    }
    read(at, header.array(), 0, WalFormat.FRAME_HEADER);
    if (!WalFrame.plausible(header, 0)
        || header.getInt(0) != WalFormat.headerCrc(crc, seed, at, header.array(), 0)) {
      reason = "bad header checksum";
      return false;
    }
    int length = header.getInt(WalFormat.LENGTH_AT);
    if (at + WalFormat.FRAME_HEADER + length > size) {
      reason = "the frame of " + length + " bytes runs past the end of the file";
      return false;
    }
    body = new byte[length];
    read(at + WalFormat.FRAME_HEADER, body, 0, length);
    if (length > 0) {
      crc.reset();
      crc.update(body, 0, length);
      if ((int) crc.getValue() != header.getInt(WalFormat.BODY_CRC_AT)) {
        reason = "bad body checksum";
        return false;
      }
    }
    return true;
  }

  /// The current record.
  ///
  /// @throws FoursightException `CORRUPT` when a payload with a right checksum does not decode
  Wal.Record record() {
    try {
      return WalFrame.decode(header, body, new Wal.Position(number, frameStart));
    } catch (RuntimeException e) {
      throw FoursightException.corrupt(
          file + " has an unreadable record at offset " + frameStart + ": " + e.getMessage());
    }
  }

  End end() {
    return end;
  }

  /// End of the last good frame.
  long offset() {
    return offset;
  }

  String reason() {
    return reason;
  }

  long seed() {
    return seed;
  }

  /// After [End#TORN]: whether a valid frame further on says that the place where reading stopped
  /// had been synced, so that this is damage and no torn tail.
  boolean damageBefore() throws IOException {
    long stopped = offset;
    for (long at = stopped + WalFormat.ALIGNMENT;
        at + WalFormat.FRAME_HEADER <= size;
        at += WalFormat.ALIGNMENT) {
      read(at, header.array(), 0, Long.BYTES);
      if (header.getLong(0) == 0) {
        continue; // never written: most of a segment's rest
      }
      if (frameAt(at) && Integer.toUnsignedLong(header.getInt(WalFormat.SYNCED_AT)) > stopped) {
        return true;
      }
    }
    return false;
  }

  private void read(long at, byte[] into, int start, int length) throws IOException {
    int done = 0;
    while (done < length) {
      long from = at + done;
      if (from >= bufferStart && from < bufferStart + buffer.limit()) {
        int begin = (int) (from - bufferStart);
        int n = Math.min(length - done, buffer.limit() - begin);
        buffer.get(begin, into, start + done, n);
        done += n;
      } else if (length - done >= BUFFER) {
        int n = channel.read(ByteBuffer.wrap(into, start + done, length - done), from);
        if (n < 0) {
          throw new EOFException(file + " ended at offset " + from);
        }
        done += n;
      } else {
        buffer.clear();
        bufferStart = from;
        int n = channel.read(buffer, from);
        buffer.flip();
        if (n < 0) {
          throw new EOFException(file + " ended at offset " + from);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
