package io.foursight.ring.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.RingName;
import io.foursight.ring.RingStore;
import io.foursight.ring.RingStoreContract;
import io.foursight.ring.config.ConsulConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsulRingStoreTest extends RingStoreContract {
  private final FakeConsul consul = new FakeConsul();

  @AfterEach
  void stopConsul() {
    consul.close();
  }

  @Override
  protected RingStore newStore() {
    return store("");
  }

  private KvRingStore store(String token) {
    var config =
        new ConsulConfig(
            consul.address(), token, Duration.ofSeconds(5), false, 0, Duration.ofMillis(5), 50);
    return new KvRingStore(
        new ConsulKeys(config, "foursight/"),
        50,
        Duration.ofDays(1),
        new KvMetrics(new SimpleMeterRegistry()));
  }

  @Test
  void consulAway_failsChangesAndKeepsWhatWasRead_thenGoesOn() {
    KvRingStore store = store("");
    store.start();
    store.update(RingName.INGESTER, s -> s.with(instance("a", 10)));
    consul.broken = true;
    assertThatThrownBy(() -> store.update(RingName.INGESTER, s -> s.with(instance("b", 11))))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessageContaining("503");
    assertThat(store.read(RingName.INGESTER).instances()).containsExactly(instance("a", 10));
    consul.broken = false;
    store.update(RingName.INGESTER, s -> s.with(instance("b", 11)));
    assertThat(consul.entries).containsKey("foursight/ingester");
    store.stop(Deadline.NONE);
  }

  @Test
  void consulThatLostItsData_getsThemBackWithTheNextChange() {
    KvRingStore store = store("");
    store.start();
    store.update(RingName.INGESTER, s -> s.with(instance("a", 10)));
    consul.forgetAll();
    store.update(RingName.INGESTER, s -> s.with(instance("b", 11)));
    KvRingStore fresh = store("");
    fresh.start();
    await()
        .untilAsserted(() ->
            assertThat(fresh.read(RingName.INGESTER).instances())
                .containsExactly(instance("a", 10), instance("b", 11)));
    store.stop(Deadline.NONE);
    fresh.stop(Deadline.NONE);
  }

  @Test
  void aValueThatIsNotOurs_isNeverOverwritten() {
    consul.put(
        "foursight/ingester", "somebody else's".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    KvRingStore store = store("");
    store.start();
    assertThatThrownBy(() -> store.update(RingName.INGESTER, s -> s.with(instance("a", 10))))
        .hasMessageContaining("ingester")
        .hasMessageContaining("not a ring message");
    assertThat(consul.entries.get("foursight/ingester").modified()).isEqualTo(2);
    store.stop(Deadline.NONE);
  }

  @Test
  void theToken_isSent_andARefusalIsTold() {
    consul.wantedToken = "secret";
    KvRingStore with = store("secret");
    with.update(RingName.INGESTER, s -> s.with(instance("a", 10)));
    assertThatThrownBy(
            () -> store("wrong").update(RingName.INGESTER, s -> s.with(instance("b", 1))))
        .hasMessageContaining("403")
        .hasMessageContaining("Permission denied");
  }
}
