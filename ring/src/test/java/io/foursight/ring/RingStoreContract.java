package io.foursight.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.foursight.model.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every ring store does. Two stores of one suite are two processes that share the rings.
public abstract class RingStoreContract {
  private static final RingName RING = RingName.INGESTER;
  private final List<RingStore> started = new ArrayList<>();

  /// Another process's store of the same rings, not started.
  protected abstract RingStore newStore();

  private RingStore store() {
    RingStore store = newStore();
    store.start();
    started.add(store);
    return store;
  }

  @AfterEach
  void stopStores() {
    started.forEach(s -> s.stop(Deadline.after(Duration.ofSeconds(2))));
  }

  protected static InstanceDescriptor instance(String id, long version) {
    return new InstanceDescriptor(
        id,
        id + ":9095",
        "zone-1",
        InstanceState.ACTIVE,
        Tokens.of(1, -5, 77),
        Instant.ofEpochMilli(1000),
        Instant.ofEpochMilli(version),
        true,
        Instant.ofEpochMilli(2000),
        "1.2.3",
        5,
        version);
  }

  @Test
  void anUnknownRing_isEmpty() {
    assertThat(store().read(RING)).isEqualTo(RingState.EMPTY);
  }

  @Test
  void aChange_isReadBackAtOnce_whole() {
    RingStore store = store();
    RingState after = store.update(RING, s -> s.with(instance("a", 10)));
    assertThat(after.instances()).containsExactly(instance("a", 10));
    assertThat(store.read(RING)).isEqualTo(after);
  }

  @Test
  void rings_areApart() {
    RingStore store = store();
    store.update(RING, s -> s.with(instance("a", 10)));
    store.update(RingName.COMPACTOR, s -> s.with(instance("b", 10)));
    assertThat(store.read(RING).instances()).containsExactly(instance("a", 10));
    assertThat(store.read(RingName.COMPACTOR).instances()).containsExactly(instance("b", 10));
  }

  @Test
  void anotherProcess_seesTheChange_andItsListenersAreTold() {
    RingStore one = store();
    RingStore other = store();
    List<RingState> told = Collections.synchronizedList(new ArrayList<>());
    other.watch(RING, told::add);
    one.update(RING, s -> s.with(instance("a", 10)));
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(other.read(RING).instances()).containsExactly(instance("a", 10)));
    await().until(() -> !told.isEmpty() && told.getLast().equals(other.read(RING)));

    one.update(RING, s -> s.forget("a", 50));
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(other.read(RING).present()).isEmpty());
    assertThat(other.read(RING).instance("a")).get().matches(InstanceDescriptor::isLeft);
  }

  @Test
  void aClosedSubscription_hearsNothing() {
    RingStore store = store();
    List<RingState> told = new ArrayList<>();
    store.watch(RING, told::add).close();
    store.update(RING, s -> s.with(instance("a", 10)));
    assertThat(told).isEmpty();
  }

  @Test
  void changesOfTwoProcessesAtOnce_areBothKept() throws InterruptedException {
    RingStore one = store();
    RingStore other = store();
    int each = 10;
    var go = new CountDownLatch(1);
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (String prefix : List.of("one-", "other-")) {
      RingStore store = prefix.equals("one-") ? one : other;
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              go.await();
              for (int i = 0; i < each; i++) {
                String id = prefix + i;
                store.update(RING, s -> s.with(instance(id, s.nextVersion(1))));
              }
            } catch (Throwable e) {
              failures.add(e);
            }
          }));
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          assertThat(one.read(RING).instances()).hasSize(2 * each);
          assertThat(other.read(RING)).isEqualTo(one.read(RING));
        });
  }
}
