package io.foursight.storage.object;

import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A local file, opened once; the operating system caches.
public final class FileRangedReader implements RangedReader {
  private final Path file;
  private final FileChannel channel;
  private final long size;

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
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw FoursightException.corrupt(
              file + " ended at offset " + (offset + buffer.position()) + " of " + size);
        }
      }
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("read", file, e);
    }
    return buffer.array();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("close", file, e);
    }
  }
}
