package io.foursight.storage.block;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/// An append-only file of a block being written, buffered, with its header. Owned by one thread;
/// failures are `UNAVAILABLE`.
public final class BlockFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path path;
  private final FileChannel channel;
  private final ByteWriter buffer = new ByteWriter(BUFFER_BYTES);
  private long flushed;

  /// @param header writes what the file begins with
  public BlockFile(Path directory, String name, Consumer<ByteWriter> header) {
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
    header.accept(buffer);
  }

  /// Bytes so far, which is where the next ones go.
  public long size() {
    return flushed + buffer.size();
  }

  public void append(ByteWriter bytes) {
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
  public void finish() {
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
