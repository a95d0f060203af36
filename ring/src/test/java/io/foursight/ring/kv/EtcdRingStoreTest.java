package io.foursight.ring.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.ring.RingName;
import io.foursight.ring.RingStore;
import io.foursight.ring.RingStoreContract;
import io.foursight.ring.config.EtcdConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EtcdRingStoreTest extends RingStoreContract {
  private final FakeEtcd etcd = new FakeEtcd();

  @AfterEach
  void stopEtcd() {
    etcd.close();
  }

  @Override
  protected RingStore newStore() {
    return store(List.of(etcd.address()), "", "");
  }

  static KvRingStore store(List<String> endpoints, String user, String password) {
    var config = new EtcdConfig(endpoints, Duration.ofSeconds(5), 50, false, user, password);
    return new KvRingStore(
        new EtcdKeys(config, "foursight/"),
        50,
        Duration.ofDays(1),
        new KvMetrics(new SimpleMeterRegistry()));
  }

  @Test
  void withAuthentication_itLogsIn_andAgainWhenTheTokenIsNoLongerGood() {
    etcd.wantsLogin = true;
    KvRingStore store = store(List.of(etcd.address()), "u", "p");
    store.update(RingName.INGESTER, s -> s.with(instance("a", 10)));
    etcd.logins += 10;
    store.update(RingName.INGESTER, s -> s.with(instance("b", 11)));
    assertThat(store.read(RingName.INGESTER).instances()).hasSize(2);
    assertThatThrownBy(() ->
            store(List.of(etcd.address()), "u", "wrong")
                .update(RingName.INGESTER, s -> s.with(instance("c", 12))))
        .hasMessageContaining("refused user \"u\"");
  }

  @Test
  void aDeadEndpoint_isPassedOver() {
    KvRingStore store = store(List.of("127.0.0.1:1", etcd.address()), "", "");
    store.update(RingName.INGESTER, s -> s.with(instance("a", 10)));
    assertThat(etcd.entries).containsKey("foursight/ingester");
  }

  @Test
  void noEndpoints_isSaidAtOnce() {
    assertThatThrownBy(() -> store(List.of(), "", ""))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("kvstore.etcd.endpoints");
  }
}
