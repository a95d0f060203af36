package io.foursight.runtime.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletionException;

/// Bytes of a streamed reply: collected into pieces, each sent when the one before has left, so
/// that a slow client slows its handler and nothing piles up.
final class ReplyStream extends OutputStream {
  private static final int PIECE_BYTES = 64 * 1024;

  private final HttpResponseWriter writer;
  private final byte[] piece = new byte[PIECE_BYTES];
  private int length;

  ReplyStream(HttpResponseWriter writer) {
    this.writer = writer;
  }

  @Override
  public void write(int b) throws IOException {
    if (length == PIECE_BYTES) {
      flush();
    }
    piece[length++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int from = offset;
    int left = count;
    while (left > 0) {
      if (length == PIECE_BYTES) {
        flush();
      }
      int n = Math.min(left, PIECE_BYTES - length);
      System.arraycopy(bytes, from, piece, length, n);
      length += n;
      from += n;
      left -= n;
    }
  }

  @Override
  public void flush() throws IOException {
    if (length == 0) {
      return;
    }
    if (!writer.tryWrite(HttpData.wrap(Arrays.copyOf(piece, length)))) {
      throw new IOException("the client has gone away");
    }
    length = 0;
    try {
      writer.whenConsumed().join();
    } catch (CompletionException e) {
      throw new IOException("the client has gone away", e);
    }
  }
}
