package io.foursight.storage.traces.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/// A file being written, buffered, synced when closed.
final class ParquetOutput extends PositionOutputStream implements OutputFile {
  private final Path path;
  private final FileChannel channel;
  private final byte[] buffer = new byte[256 << 10];
  private int buffered;
  private long flushed;

  ParquetOutput(Path path) {
    this.path = path;
    try {
      Files.createDirectories(path.getParent());
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  static FoursightException failed(Path path, IOException e) {
    return new FoursightException(
        ErrorKind.UNAVAILABLE, "cannot write block file " + path + ": " + e.getMessage(), e);
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return this;
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return this;
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return path.toString();
  }

  @Override
  public long getPos() {
    return flushed + buffered;
  }

  @Override
  public void write(int b) throws IOException {
    if (buffered == buffer.length) {
      drain();
    }
    buffer[buffered++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > buffer.length - buffered) {
      drain();
    }
    if (length > buffer.length) {
      writeAll(bytes, offset, length);
    } else {
      System.arraycopy(bytes, offset, buffer, buffered, length);
      buffered += length;
    }
  }

  private void drain() throws IOException {
    int length = buffered;
    buffered = 0;
    writeAll(buffer, 0, length);
  }

  private void writeAll(byte[] bytes, int offset, int length) throws IOException {
    var rest = ByteBuffer.wrap(bytes, offset, length);
    while (rest.hasRemaining()) {
      flushed += channel.write(rest);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      drain();
      channel.force(true);
      channel.close();
    }
  }

  /// Gives up and removes the file.
  void abandon() {
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }
}
