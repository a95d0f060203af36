package io.foursight.ring.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.foursight.model.FoursightException;
import io.foursight.ring.RingName;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.RingStoreContract;
import io.foursight.ring.SystemRingScheduler;
import io.foursight.ring.config.MemberlistConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GossipStoreTest extends RingStoreContract {
  private final LoopbackNetwork network = new LoopbackNetwork();
  private final SystemRingScheduler scheduler = new SystemRingScheduler(Clock.systemUTC());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private int count;

  @Override
  protected RingStore newStore() {
    return store("node-" + count++, "");
  }

  private GossipStore store(String name, String label) {
    MemberlistConfig d = MemberlistConfig.defaults();
    var config =
        new MemberlistConfig(
            name,
            "",
            7946,
            "",
            0,
            List.of(),
            d.minJoinBackoff(),
            d.maxJoinBackoff(),
            d.rejoinInterval(),
            label,
            Duration.ofMillis(20),
            2,
            Duration.ofMillis(300),
            4,
            d.leftIngestersTimeout(),
            Duration.ofMillis(500),
            10_000);
    return new GossipStore(
        config, network.end(name), scheduler, new SplittableRandom(7), new GossipMetrics(meters));
  }

  private double refused(String reason) {
    return meters
        .get("foursight_ring_gossip_refused_messages_total")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private static byte[] message(String label, RingState state) {
    return RingCodec.encode(
        new RingCodec.Message(RingCodec.Kind.NEWS, label, 0, Map.of(RingName.INGESTER, state)));
  }

  @Test
  void anotherLabel_isRefusedAndCounted_andNothingMixes() {
    GossipStore red = store("red", "red");
    GossipStore blue = store("blue", "blue");
    red.start();
    blue.start();
    red.update(RingName.INGESTER, s -> s.with(instance("a", 10)));
    await()
        .until(() -> meters.find("foursight_ring_gossip_refused_messages_total").counter() != null);
    await().until(() -> refused("label") >= 3);
    assertThat(blue.read(RingName.INGESTER).isEmpty()).isTrue();
  }

  @Test
  void anotherMajorVersion_isRefusedWithBothVersions() {
    byte[] bytes = message("", RingState.of(List.of(instance("a", 10))));
    bytes[4] = 2;
    assertThatThrownBy(() -> RingCodec.decode(bytes))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("format version 2.0")
        .hasMessageContaining("speaks 1.0");
    GossipStore store = store("n", "");
    store.message("other", bytes);
    assertThat(refused("version")).isEqualTo(1);
    assertThat(store.read(RingName.INGESTER).isEmpty()).isTrue();
  }

  @Test
  void aNewerMinorVersion_isUnderstood_whatItAddedIsSkipped() {
    byte[] bytes = message("", RingState.of(List.of(instance("a", 10))));
    // Version 1.1 with three more bytes at the end of the one instance and two at the end of all.
    byte[] newer = Arrays.copyOf(bytes, bytes.length + 5);
    newer[5] = 1;
    int lengthAt = 4 + 3 + 1 + 4 + 1 + 1 + "ingester".length() + 1;
    assertThat(newer[lengthAt]).isPositive();
    newer[lengthAt] += 3;
    RingCodec.Message read = RingCodec.decode(newer);
    assertThat(read.minor()).isEqualTo(1);
    assertThat(read.rings().get(RingName.INGESTER).instances()).containsExactly(instance("a", 10));
  }

  @Test
  void anyCutOrFlippedMessage_isRefusedAndNeverBreaksTheStore() {
    byte[] whole = message("", RingState.of(List.of(instance("a", 10), instance("b", 20))));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> RingCodec.decode(cut))
          .as("cut to " + length)
          .isInstanceOf(FoursightException.class);
    }
    var random = new SplittableRandom(11);
    GossipStore store = store("n", "");
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = whole.clone();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      store.message("other", bad);
    }
    store.message("other", new byte[20_000]);
    assertThat(refused("too_large")).isEqualTo(1);
    assertThat(refused("malformed")).isPositive();
  }

  @Test
  void theExampleOfTheFormat_isTheseBytes() {
    byte[] bytes = message("lab", RingState.of(List.of(instance("a", 10))));
    assertThat(java.util.HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "46535247010000" // FSRG, 1.0, news
                + "036c6162" // label
                + "00000000" // exchange
                + "01"
                + "08696e676573746572"
                + "01" // one ring, its name, one instance
                + "4d" // 77 bytes of fields
                + "0161"
                + "06613a39303935"
                + "067a6f6e652d31"
                + "05312e322e33"
                + "02"
                + "01" // ACTIVE, read-only
                + "00000000000003e8"
                + "000000000000000a"
                + "00000000000007d0"
                + "0000000000000005"
                + "000000000000000a"
                + "03"
                + "00000001"
                + "0000004d"
                + "fffffffb");
  }
}
