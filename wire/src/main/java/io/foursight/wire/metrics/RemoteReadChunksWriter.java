package io.foursight.wire.metrics;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.protobuf.ProtoWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/// Writes a stream of `prometheus.ChunkedReadResponse` frames, series by series in the cursor's
/// order, holding one frame in memory.
///
/// ```
/// frame := uvarint(n) crc u32 big-endian (CRC-32C of the message) message, n bytes
/// ```
///
/// A series that would make a frame larger than the bound goes on in the next one. Owned by one
/// thread.
public final class RemoteReadChunksWriter {
  /// What Prometheus clients accept by default.
  public static final int MAX_FRAME_BYTES = 1 << 20;

  private final OutputStream out;
  private final QueryBudget budget;
  private final int maxFrameBytes;
  private final ReadChunks chunks = new ReadChunks();
  private final SampleColumns samples = new SampleColumns();
  private final ProtoWriter frame = new ProtoWriter(4096);
  private final ProtoWriter head = new ProtoWriter(16);
  private int series;
  private boolean open;

  public RemoteReadChunksWriter(OutputStream out, QueryBudget budget) {
    this(out, budget, MAX_FRAME_BYTES);
  }

  RemoteReadChunksWriter(OutputStream out, QueryBudget budget, int maxFrameBytes) {
    this.out = out;
    this.budget = budget;
    this.maxFrameBytes = maxFrameBytes;
  }

  /// Writes the result of one query; reads the cursor to its end, does not close it.
  ///
  /// @param queryIndex the query's place in the request
  public void query(int queryIndex, SeriesCursor cursor) throws IOException {
    try {
      while (cursor.next()) {
        budget.check();
        cursor.samples(samples);
        if (samples.isEmpty()) {
          continue;
        }
        Labels labels = cursor.labels();
        chunks.write(
            samples,
            (min, max, type, data) -> {
              if (open && frame.size() + data.length + 40 > maxFrameBytes) {
                flush(queryIndex);
              }
              if (!open) {
                frame.clear();
                series = frame.begin(1);
                RemoteReadSamplesWriter.labels(frame, labels);
                open = true;
              }
              int chunk = frame.begin(2);
              frame.varint(1, min);
              frame.varint(2, max);
              frame.varint(3, type);
              frame.bytes(4, data);
              frame.end(chunk);
            });
        flush(queryIndex);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void flush(int queryIndex) {
    frame.end(series);
    frame.varint(2, queryIndex);
    open = false;
    var crc = new CRC32C();
    crc.update(frame.array(), 0, frame.size());
    head.clear();
    head.rawVarint(frame.size());
    long sum = crc.getValue();
    for (int shift = 24; shift >= 0; shift -= 8) {
      head.rawByte((int) (sum >>> shift));
    }
    try {
      head.writeTo(out);
      frame.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
