package io.foursight.storage.traces.block.v1;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.TraceId;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;
import java.util.Optional;

/// The spans of a block, or of one of its traces, put together again. Owned by one thread.
final class ScanStream implements SpanStream {
  private final SpansReader spans;
  private final IndexHead head;
  private final Optional<TraceId> wanted;
  private final QueryBudget budget;
  private final OriginReader.Known origins = new OriginReader.Known();
  private final ByteWriter bytes = new ByteWriter(1 << 10);
  private int nextGroup;
  private SpansReader.Group group;
  private SpanRowReader row;
  private long left;
  private long scannedBytes;
  private long scannedSpans;

  ScanStream(SpansReader spans, IndexHead head, Optional<TraceId> wanted, QueryBudget budget) {
    this.spans = spans;
    this.head = head;
    this.wanted = wanted;
    this.budget = budget;
  }

  @Override
  public boolean next() {
    try {
      while (left > 0 || open()) {
        left--;
        if (++scannedSpans % 1024 == 0) {
          budget.check();
        }
        row.peek();
        if (wanted.isPresent()
            && (row.traceHigh() != wanted.get().high() || row.traceLow() != wanted.get().low())) {
          row.skip();
          continue;
        }
        bytes.clear();
        row.read(bytes);
        return true;
      }
      return false;
    } catch (RuntimeException e) {
      throw SpansReader.failed(e, nextGroup - 1);
    }
  }

  private boolean open() {
    close();
    while (nextGroup < head.groups().size()) {
      budget.check();
      int g = nextGroup++;
      BitSet pieces =
          wanted.isPresent() ? Pieces.of(head.groups().get(g), wanted.get()) : spans.allPieces(g);
      if (!pieces.isEmpty()) {
        group = spans.open(g, pieces, SpanRowReader.columns(spans.schema()), budget);
        scannedBytes += group.bytes();
        row = new SpanRowReader(spans.schema(), head.columns(), group, origins);
        left = group.rows();
        return true;
      }
    }
    return false;
  }

  long scannedBytes() {
    return scannedBytes;
  }

  long scannedSpans() {
    return scannedSpans;
  }

  @Override
  public long traceHigh() {
    return row.traceHigh();
  }

  @Override
  public long traceLow() {
    return row.traceLow();
  }

  @Override
  public long spanId() {
    return row.spanId();
  }

  @Override
  public long startNanos() {
    return row.startNanos();
  }

  @Override
  public SpanOrigin origin() {
    return row.origin();
  }

  @Override
  public byte[] bytes() {
    return bytes.array();
  }

  @Override
  public int offset() {
    return 0;
  }

  @Override
  public int length() {
    return bytes.size();
  }

  @Override
  public void close() {
    if (group != null) {
      group.close();
      group = null;
      left = 0;
    }
  }
}
