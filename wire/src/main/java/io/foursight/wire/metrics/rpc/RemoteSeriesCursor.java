package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.rpc.RpcStream;

/// Series as they come over a stream; holds one frame, and charges it.
final class RemoteSeriesCursor implements SeriesCursor {
  private final RpcStream stream;
  private final SeriesFrameReader reader;
  private final QueryBudget budget;
  private int charged;

  /// Waits for the frame that says that the peer has its snapshot.
  RemoteSeriesCursor(RpcStream stream, QueryBudget budget) {
    this.stream = stream;
    this.budget = budget;
    this.reader = new SeriesFrameReader(stream::next);
    try {
      stream.next();
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public boolean next() {
    budget.check();
    boolean more = reader.next();
    if (reader.frameBytes() != charged) {
      budget.release(charged);
      charged = 0;
      budget.charge(reader.frameBytes());
      charged = reader.frameBytes();
    }
    return more;
  }

  @Override
  public Labels labels() {
    return reader.labels();
  }

  @Override
  public void samples(SampleColumns into) {
    reader.samples(into);
  }

  @Override
  public void close() {
    budget.release(charged);
    charged = 0;
    stream.close();
  }
}
