package io.foursight.wire.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/// Frames between the transport's thread and the reader's. The reader asks the transport for
/// [#AHEAD] frames at first and for one more with each that it takes, so no more than those ever
/// wait here. The transport's methods may be called from any thread.
final class FrameQueue {
  static final int AHEAD = 4;
  private static final long GLANCE_MILLIS = 50;

  /// The end of the stream: empty when all went well.
  private record End(Optional<FoursightException> failure) {}

  private final LinkedBlockingQueue<Object> queue = new LinkedBlockingQueue<>();
  private final CallScope scope;
  private final IntConsumer request;
  private volatile Optional<End> end = Optional.empty();

  FrameQueue(CallScope scope, IntConsumer request) {
    this.scope = scope;
    this.request = request;
  }

  void frame(byte[] bytes) {
    queue.add(bytes);
  }

  void end(Optional<FoursightException> failure) {
    queue.add(new End(failure));
  }

  boolean ended() {
    return end.isPresent();
  }

  Optional<byte[]> next() {
    if (end.isEmpty()) {
      switch (take()) {
        case byte[] frame -> {
          request.accept(1);
          return Optional.of(frame);
        }
        case End last -> end = Optional.of(last);
        default -> throw new IllegalStateException();
      }
    }
    end.orElseThrow()
        .failure()
        .ifPresent(failure -> {
          // A new one: the trace of the reader, the words of the peer.
          throw new FoursightException(failure.kind(), failure.getMessage(), failure);
        });
    return Optional.empty();
  }

  private Object take() {
    try {
      while (true) {
        Object next = queue.poll(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          return next;
        }
        scope.check().run();
        if (scope.deadline().expired()) {
          throw new FoursightException(ErrorKind.TIMEOUT, "the deadline passed while waiting");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(ErrorKind.CANCELED, "interrupted while waiting for a peer", e);
    }
  }
}
