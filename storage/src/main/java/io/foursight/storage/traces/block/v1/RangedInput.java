package io.foursight.storage.traces.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/// What Parquet's reader sees of the file: pieces that were fetched before, all at once. A read
/// beside them is a bug of the planning, or a footer that points astray. Owned by one thread.
final class RangedInput extends SeekableInputStream implements InputFile {
  private final long size;
  private final TreeMap<Long, byte[]> pieces = new TreeMap<>();
  private long position;

  RangedInput(long size) {
    this.size = size;
  }

  void put(long offset, byte[] bytes) {
    pieces.put(offset, bytes);
  }

  /// Fetches what is not there.
  ///
  /// @return how many bytes
  long fetch(RangedReader file, List<RangedReader.Range> ranges) {
    List<byte[]> fetched = file.readAll(ranges);
    long bytes = 0;
    for (int i = 0; i < fetched.size(); i++) {
      put(ranges.get(i).offset(), fetched.get(i));
      bytes += ranges.get(i).length();
    }
    return bytes;
  }

  @Override
  public long getLength() {
    return size;
  }

  @Override
  public SeekableInputStream newStream() {
    position = 0;
    return this;
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public void seek(long to) {
    position = to;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    readFully(one);
    return one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    readFully(into, offset, length);
    return length;
  }

  @Override
  public void readFully(byte[] into) throws IOException {
    readFully(into, 0, into.length);
  }

  @Override
  public void readFully(byte[] into, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      Map.Entry<Long, byte[]> piece = pieces.floorEntry(position);
      if (piece == null || position >= piece.getKey() + piece.getValue().length) {
        throw FoursightException.corrupt(
            TracesBlockFormat.SPANS + ": nothing expected at offset " + position);
      }
      int from = (int) (position - piece.getKey());
      int n = Math.min(length - done, piece.getValue().length - from);
      System.arraycopy(piece.getValue(), from, into, offset + done, n);
      done += n;
      position += n;
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int length = into.remaining();
    readFully(into);
    return length;
  }

  @Override
  public void readFully(ByteBuffer into) throws IOException {
    var bytes = new byte[into.remaining()];
    readFully(bytes);
    into.put(bytes);
  }
}
