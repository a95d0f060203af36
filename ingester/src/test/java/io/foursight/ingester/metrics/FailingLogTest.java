package io.foursight.ingester.metrics;

import static io.foursight.ingester.metrics.IngesterFixture.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A log that refuses a record (a full disk) and takes the next one: what was acknowledged must be
/// whole in it all the same.
class FailingLogTest {
  @TempDir Path directory;

  /// Keeps what succeeded; the test decides when each record is done, and how.
  private static final class MemoryLog implements Wal {
    final List<Record> kept = new ArrayList<>();
    volatile boolean failNext;
    volatile CountDownLatch held = new CountDownLatch(0);

    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {}

    @Override
    public Position append(Signal s, TenantId t, byte type, byte[] p, int offset, int length) {
      return submit(s, t, type, p, offset, length).await();
    }

    @Override
    public synchronized Pending submit(
        Signal s, TenantId t, byte type, byte[] p, int offset, int length) {
      CountDownLatch wait = held;
      if (failNext) {
        failNext = false;
        return () -> {
          await(wait);
          throw FoursightException.unavailable("disk full");
        };
      }
      byte[] copy = Arrays.copyOfRange(p, offset, offset + length);
      var position = new Position(1, kept.size());
      kept.add(new Record(position, s, t, type, copy, 0, length));
      return () -> position;
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void replay(Replayer replayer) {
      kept.forEach(replayer::replay);
    }

    @Override
    public long cut() {
      return 1;
    }

    @Override
    public void truncate(long segment) {}

    @Override
    public long sizeBytes() {
      return 0;
    }
  }

  @Test
  @Timeout(60)
  void writerThatUsesASeriesWhoseDefinitionFails_isNotAcknowledgedEither() throws Exception {
    var log = new MemoryLog();
    var fixture = new IngesterFixture(directory).open(log);
    log.held = new CountDownLatch(1);
    log.failNext = true;
    var first = writes(fixture, T0 + 1);
    // The second one names a series that only the failing record defines.
    while (fixture.read(TimeRange.ALL).isEmpty()) {
      Thread.onSpinWait();
    }
    var second = writes(fixture, T0 + 2);
    while (fixture.read(TimeRange.ALL).values().iterator().next().size() < 2) {
      Thread.onSpinWait();
    }
    log.held.countDown();
    for (CompletableFuture<Void> write : List.of(first, second)) {
      assertThatThrownBy(write::join)
          .cause()
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
    }
    // The sender tries again, and a restart must find it.
    assertThat(fixture.batch().series("__name__", "m").sample(T0 + 2, 1).write().samples())
        .isEqualTo(1);
    var next = new IngesterFixture(directory).open(log);
    assertThat(next.read(TimeRange.ALL).get(Labels.of("__name__", "m"))).containsOnlyKeys(T0 + 2);
    next.stop();
    fixture.stop();
  }

  private static CompletableFuture<Void> writes(IngesterFixture fixture, long t) {
    return CompletableFuture.runAsync(
        () -> fixture.batch().series("__name__", "m").sample(t, 1).write(),
        Thread::startVirtualThread);
  }
}
