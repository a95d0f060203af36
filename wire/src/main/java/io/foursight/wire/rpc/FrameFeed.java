package io.foursight.wire.rpc;

import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The frames of a call that has no end of its own, for a reader that waits with a bound of time: a
/// virtual thread takes them from the stream; a few wait here, the rest with the sender.
public final class FrameFeed implements AutoCloseable {
  private static final int WAITING = 4;

  /// The call is over: empty when it ended well.
  private record End(Optional<FoursightException> failure) {}

  private final RpcStream stream;
  private final ArrayBlockingQueue<Object> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread;
  private volatile boolean closed;
  private Optional<End> end = Optional.empty();

  /// @param stream from now on this feed's own
  public FrameFeed(RpcStream stream) {
    this.stream = stream;
    this.thread = Thread.ofVirtual().name("frame-feed").start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        Optional<byte[]> frame = stream.next();
        waiting.put(frame.isPresent() ? frame.get() : new End(Optional.empty()));
        if (frame.isEmpty()) {
          return;
        }
      }
    } catch (FoursightException e) {
      finish(e);
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void finish(FoursightException failure) {
    try {
      if (!closed) {
        waiting.put(new End(Optional.of(failure)));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /// Waits for a frame; empty when none came in time, and after the end.
  ///
  /// @throws FoursightException the call's failure, each time
  public Optional<byte[]> poll(Duration wait) throws InterruptedException {
    if (end.isEmpty()) {
      Object next = waiting.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
      switch (next) {
        case null -> {
          return Optional.empty();
        }
        case byte[] frame -> {
          return Optional.of(frame);
        }
        case End last -> end = Optional.of(last);
        default -> throw new IllegalStateException();
      }
    }
    end.flatMap(End::failure)
        .ifPresent(failure -> {
          throw new FoursightException(failure.kind(), failure.getMessage(), failure);
        });
    return Optional.empty();
  }

  /// Whether no more will come.
  public boolean ended() {
    return end.isPresent();
  }

  @Override
  public void close() {
    closed = true;
    stream.close();
    thread.interrupt();
  }
}
