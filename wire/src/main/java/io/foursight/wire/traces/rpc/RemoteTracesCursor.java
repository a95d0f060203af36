package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.rpc.RpcStream;
import java.util.Optional;

/// Pages as they come over a stream; holds one frame, and charges it.
final class RemoteTracesCursor implements TracesCursor {
  private final RpcStream stream;
  private final QueryBudget budget;
  private final SpanPageReader reader;
  private Optional<SpanPage> page = Optional.empty();
  private long charged;

  /// Waits for the frame that says that the peer has its snapshot.
  RemoteTracesCursor(RpcStream stream, TracesSelect select) {
    this.stream = stream;
    this.budget = select.budget();
    this.reader = new SpanPageReader(select.fields());
    try {
      stream.next().ifPresent(reader::frame);
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public boolean next() {
    budget.check();
    page = Optional.empty();
    while (page.isEmpty()) {
      Optional<byte[]> frame = stream.next();
      charge(frame.map(bytes -> (long) bytes.length).orElse(0L));
      if (frame.isEmpty()) {
        return false;
      }
      page = reader.frame(frame.get());
    }
    return true;
  }

  private void charge(long bytes) {
    budget.release(charged);
    charged = 0;
    // The frame and, about twice as large, the columns unpacked from it.
    budget.charge(3 * bytes);
    charged = 3 * bytes;
  }

  @Override
  public SpanPage page() {
    return page.orElseThrow();
  }

  @Override
  public TracesStats scanned() {
    return reader.scanned();
  }

  @Override
  public void close() {
    budget.release(charged);
    charged = 0;
    stream.close();
  }
}
