package io.foursight.wire.logs.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.LabelMatcher;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.FrameFeed;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Entries as another process accepts them. Polls fail once the process is gone. Safe from any
/// thread.
public final class RemoteLogsTailSource implements LogsTailSource {
  private static final int MAX_DROPPED = 1000;

  private final RpcCaller caller;

  public RemoteLogsTailSource(RpcCaller caller) {
    this.caller = caller;
  }

  @Override
  public Subscription subscribe(
      TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    RpcStream stream =
        caller.call(
            LogsTailService.TAIL,
            LogsTailService.encode(tenant, matchers, maxBufferedBytes),
            CallScope.of(Deadline.NONE));
    try {
      stream.next();
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
    return new Remote(new FrameFeed(stream));
  }

  private static final class Remote implements Subscription {
    private final FrameFeed feed;
    private final LogsPageReader reader = new LogsPageReader();
    private final ArrayDeque<Dropped> dropped = new ArrayDeque<>();

    Remote(FrameFeed feed) {
      this.feed = feed;
    }

    @Override
    public Optional<LogsPage> poll(Duration wait) throws InterruptedException {
      Optional<byte[]> frame = feed.poll(wait);
      if (frame.isEmpty()) {
        return Optional.empty();
      }
      for (Dropped one : LogsTailService.dropped(frame.get())) {
        if (dropped.size() < MAX_DROPPED) {
          dropped.add(one);
        }
      }
      return reader.frame(frame.get());
    }

    @Override
    public List<Dropped> takeDropped(int limit) {
      var taken = new ArrayList<Dropped>();
      while (taken.size() < limit && !dropped.isEmpty()) {
        taken.add(dropped.poll());
      }
      dropped.clear();
      return taken;
    }

    @Override
    public void close() {
      feed.close();
    }
  }
}
