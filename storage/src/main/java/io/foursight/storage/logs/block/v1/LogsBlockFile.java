package io.foursight.storage.logs.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An append-only file of a block being written, buffered, with its header.
final class LogsBlockFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path path;
  private final FileChannel channel;
  private final ByteWriter buffer = new ByteWriter(BUFFER_BYTES);
  private long flushed;

  LogsBlockFile(Path directory, String name) {
    path = directory.resolve(name);
    try {
      Files.createDirectories(directory);
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failed(e);
    }
    LogsBlockFormat.writeHeader(name, buffer);
  }

  /// Bytes so far, which is where the next ones go.
  long size() {
    return flushed + buffer.size();
  }

  void append(ByteWriter bytes) {
    buffer.bytes(bytes);
    if (buffer.size() >= BUFFER_BYTES) {
      flush();
    }
  }

  private void flush() {
    try {
      var bytes = ByteBuffer.wrap(buffer.array(), 0, buffer.size());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    flushed += buffer.size();
    buffer.clear();
  }

  /// Everything to the disk.
  void finish() {
    flush();
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Gives up and removes the file.
  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private FoursightException failed(IOException e) {
    return new FoursightException(
        ErrorKind.UNAVAILABLE, "cannot write block file " + path + ": " + e.getMessage(), e);
  }
}
