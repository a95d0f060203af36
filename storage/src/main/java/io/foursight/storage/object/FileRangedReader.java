package io.foursight.storage.object;

import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A local file, opened once; the operating system caches. A thread that is interrupted while it
/// reads closes the channel under all the others (that is how channels are): they open it anew.
public final class FileRangedReader implements RangedReader {
  private final Path file;
  private final long size;
  private volatile FileChannel channel;
  private boolean closed;

  /// @throws FoursightException `UNAVAILABLE` when it cannot be opened
  public FileRangedReader(Path file) {
    this.file = file;
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.READ);
      this.size = channel.size();
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("open", file, e);
    }
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public byte[] read(long offset, int length) {
    RangedReaders.checkRange(this, offset, length);
    ByteBuffer buffer = ByteBuffer.allocate(length);
    FileChannel current = channel;
    try {
      while (buffer.hasRemaining()) {
        int n;
        try {
          n = current.read(buffer, offset + buffer.position());
        } catch (ClosedByInterruptException e) {
          throw e;
        } catch (ClosedChannelException e) {
          current = reopened(current);
          continue;
        }
        if (n < 0) {
          throw FoursightException.corrupt(
              file + " ended at offset " + (offset + buffer.position()) + " of " + size);
        }
      }
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("read", file, e);
    }
    return buffer.array();
  }

  /// The channel to go on with after `broken` turned out to be closed.
  private synchronized FileChannel reopened(FileChannel broken) throws IOException {
    if (closed) {
      throw new IOException("the reader has been closed");
    }
    if (channel == broken) {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    }
    return channel;
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("close", file, e);
    }
  }
}
