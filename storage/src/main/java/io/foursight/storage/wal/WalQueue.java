package io.foursight.storage.wal;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The batch that appenders fill while the committer writes the one before. Safe from any thread.
final class WalQueue {
  /// Frames that are committed by one write, in order. Appenders share its fate.
  static final class Batch {
    final List<byte[]> frames = new ArrayList<>();

    /// A new segment is asked for after the frames.
    boolean cut;

    private final CountDownLatch done = new CountDownLatch(1);

    /// Filled by the committer, read after `done`.
    private Wal.Position[] positions = {};

    private long cutTo;
    private FoursightException failure;

    void succeed(Wal.Position[] at, long segment) {
      positions = at;
      cutTo = segment;
      done.countDown();
    }

    void fail(FoursightException e) {
      failure = e;
      done.countDown();
    }

    private void await() {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true; // the write happens all the same: its outcome must be told
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw new FoursightException(failure.kind(), failure.getMessage(), failure);
      }
    }
  }

  private record Entry(Batch batch, int index) implements Wal.Pending {
    @Override
    public Wal.Position await() {
      batch.await();
      return batch.positions[index];
    }
  }

  private final long maxBytes;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private Batch open = new Batch();

  /// Batches that a cut has closed before the committer came for them.
  private final Deque<Batch> waiting = new ArrayDeque<>();

  /// Bytes in the open batch and in the one being written.
  private long bytes;

  private boolean closed;

  WalQueue(long maxBytes, Duration timeout) {
    this.maxBytes = maxBytes;
    this.timeout = timeout;
  }

  Wal.Pending add(byte[] frame) {
    lock.lock();
    try {
      long nanos = timeout.toNanos();
      while (!closed && bytes > 0 && bytes + frame.length > maxBytes) {
        if (nanos <= 0) {
          throw FoursightException.unavailable(
              "write-ahead log: "
                  + bytes
                  + " bytes wait for the disk, the maximum is "
                  + maxBytes
                  + "; held back for "
                  + timeout.toMillis()
                  + " ms");
        }
        nanos = drained.awaitNanos(nanos);
      }
      checkOpen();
      bytes += frame.length;
      open.frames.add(frame);
      filled.signal();
      return new Entry(open, open.frames.size() - 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(
          ErrorKind.CANCELED, "interrupted while the write-ahead log held the write back", e);
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw FoursightException.unavailable("write-ahead log: stopped");
    }
  }

  long cut() {
    Batch batch;
    lock.lock();
    try {
      checkOpen();
      open.cut = true;
      batch = open;
      // Records appended from now on belong behind the cut.
      waiting.add(open);
      open = new Batch();
      filled.signal();
    } finally {
      lock.unlock();
    }
    batch.await();
    return batch.cutTo;
  }

  /// The next batch, or empty when closed and drained. Committer only.
  Optional<Batch> take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && open.frames.isEmpty() && !closed) {
        filled.awaitUninterruptibly();
      }
      if (!waiting.isEmpty()) {
        return Optional.of(waiting.poll());
      }
      if (open.frames.isEmpty()) {
        return Optional.empty();
      }
      Batch batch = open;
      open = new Batch();
      return Optional.of(batch);
    } finally {
      lock.unlock();
    }
  }

  /// Gives the room of a finished batch free.
  void release(long frameBytes) {
    lock.lock();
    try {
      bytes -= frameBytes;
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long queuedBytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      filled.signalAll();
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
