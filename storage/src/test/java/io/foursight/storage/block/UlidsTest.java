package io.foursight.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UlidsTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_469_918_176_385L);

  /// The time part of the example in the ULID specification.
  @Test
  void ulid_beginsWithItsTime() {
    String id = new Ulids(InstantSource.fixed(NOW), new Random(1)).next();
    assertThat(id).hasSize(26).startsWith("01ARYZ6S41");
    assertThat(Ulids.isUlid(id)).isTrue();
    assertThat(Ulids.millis(id)).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void idsOfOneMillisecond_ascend() {
    var ulids = new Ulids(InstantSource.fixed(NOW), new Random(1));
    String last = ulids.next();
    for (int i = 0; i < 10_000; i++) {
      String next = ulids.next();
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }

  @Test
  void otherNames_areNoUlids() {
    assertThat(Ulids.isUlid("deletion-marks")).isFalse();
    assertThat(Ulids.isUlid("01ARYZ6S41TSV4RRFFQ69G5FAI")).isFalse();
    assertThat(Ulids.isUlid("81ARYZ6S41TSV4RRFFQ69G5FAV")).isFalse();
  }
}
