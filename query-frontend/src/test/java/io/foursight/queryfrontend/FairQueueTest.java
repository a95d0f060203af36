package io.foursight.queryfrontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  @Test
  void tenantsTakeTurns_howeverMuchOneOfThemAsks() throws InterruptedException {
    var queue = new FairQueue(1, 100);
    var release = new CountDownLatch(1);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    var threads = new ArrayList<Thread>();
    threads.add(start(queue, "busy", order, release));
    Awaitility.await().until(() -> order.size() == 1);
    for (int i = 0; i < 20; i++) {
      threads.add(start(queue, "busy", order, release));
    }
    Awaitility.await().until(() -> queue.waiting() == 20);
    threads.add(start(queue, "quiet", order, release));
    Awaitility.await().until(() -> queue.waiting() == 21);
    release.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order).hasSize(22);
    assertThat(order.indexOf("quiet")).isLessThanOrEqualTo(2);
    assertThat(queue.waiting()).isZero();
  }

  private static Thread start(
      FairQueue queue, String tenant, List<String> order, CountDownLatch release) {
    return Thread.ofVirtual()
        .start(() -> {
          try (FairQueue.Ticket ticket = queue.admit(tenant)) {
            ticket.run(
                QueryBudget.unlimited(),
                () -> {
                  order.add(tenant);
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return tenant;
                });
          }
        });
  }

  @Test
  void tooManyRequestsOfATenant_areRefused_andOthersAreNot() {
    var queue = new FairQueue(1, 2);
    try (var first = queue.admit("a");
        var second = queue.admit("a")) {
      assertThat(first).isNotSameAs(second);
      assertThatThrownBy(() -> queue.admit("a"))
          .isInstanceOfSatisfying(
              FoursightException.class,
              e -> assertThat(e.kind()).isEqualTo(ErrorKind.LIMIT_EXCEEDED))
          .hasMessageContaining("limit is 2");
      queue.admit("b").close();
    }
    queue.admit("a").close();
  }

  @Test
  void whoWaitsTooLong_leavesTheLine() {
    var queue = new FairQueue(1, 10);
    try (var holder = queue.admit("a");
        var waiter = queue.admit("b")) {
      String done =
          holder.run(
              QueryBudget.unlimited(),
              () -> {
                assertThatThrownBy(() ->
                        waiter.run(
                            new QueryBudget(0, 0, Deadline.after(Duration.ofMillis(20))),
                            () -> "never"))
                    .isInstanceOfSatisfying(
                        FoursightException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
                return "done";
              });
      assertThat(done).isEqualTo("done");
      assertThat(queue.waiting()).isZero();
      assertThat(waiter.run(QueryBudget.unlimited(), () -> "free again")).isEqualTo("free again");
    }
  }

  /// A tenant whose queries only few queriers run must not hold the slots of all of them.
  @Test
  void aTenantThatHasAllItMayHave_isPassedOver_untilItGivesOneBack() throws Exception {
    var queue = new FairQueue(3, 100);
    queue.mostSlots(tenant -> tenant.equals("few") ? 1 : 3);
    var release = new CountDownLatch(1);
    var most = new AtomicInteger();
    var running = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 5; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try (var ticket = queue.admit("few")) {
              ticket.run(
                  QueryBudget.unlimited(),
                  () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    await(release);
                    return running.decrementAndGet();
                  });
            }
          }));
    }
    while (queue.waiting() < 4) {
      Thread.onSpinWait();
    }
    try (var one = queue.admit("other")) {
      String done =
          one.run(
              QueryBudget.unlimited(),
              () -> one.run(QueryBudget.unlimited(), () -> "both of its slots"));
      assertThat(done).isEqualTo("both of its slots");
    }
    release.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most).hasValue(1);
    assertThat(queue.waiting()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
