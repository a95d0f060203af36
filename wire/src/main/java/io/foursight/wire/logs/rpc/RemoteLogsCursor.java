package io.foursight.wire.logs.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.NanoSpan;
import io.foursight.wire.rpc.RpcStream;
import java.util.List;
import java.util.Optional;

/// Pages as they come over a stream; holds one frame, and charges it.
final class RemoteLogsCursor implements LogsCursor {
  private final RpcStream stream;
  private final QueryBudget budget;
  private final LogsPageReader reader = new LogsPageReader();
  private Optional<LogsPage> page = Optional.empty();
  private long charged;

  /// Waits for the frame that says that the peer has its snapshot.
  RemoteLogsCursor(RpcStream stream, QueryBudget budget) {
    this.stream = stream;
    this.budget = budget;
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
    // The frame and, about as large, the columns unpacked from it.
    budget.charge(2 * bytes);
    charged = 2 * bytes;
  }

  @Override
  public LogsPage page() {
    return page.orElseThrow();
  }

  @Override
  public long bound() {
    return reader.bound();
  }

  @Override
  public boolean mayRepeat() {
    return reader.mayRepeat();
  }

  @Override
  public List<NanoSpan> repeats() {
    return reader.repeats();
  }

  @Override
  public NanoSpan extent() {
    return reader.extent();
  }

  @Override
  public LogsStats scanned() {
    return reader.scanned();
  }

  @Override
  public void close() {
    budget.release(charged);
    charged = 0;
    stream.close();
  }
}
