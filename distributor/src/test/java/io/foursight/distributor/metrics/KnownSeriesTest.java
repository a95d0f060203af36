package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KnownSeriesTest {
  @Test
  void whatWasAdded_isFoundThroughEveryGrowth() {
    var known = new KnownSeries(1 << 20, () -> {});
    var random = new Random(1);
    var keys = new ArrayList<long[]>();
    for (int i = 0; i < 10_000; i++) {
      keys.add(new long[] {random.nextLong(), random.nextLong()});
      assertThat(known.add(keys.get(i)[0], keys.get(i)[1])).isEqualTo(i);
    }
    for (int i = 0; i < keys.size(); i++) {
      assertThat(known.table().find(keys.get(i)[0], keys.get(i)[1])).isEqualTo(i);
    }
    assertThat(known.table().find(1, 2)).isEqualTo(KnownSeries.NONE);
    assertThat(known.add(keys.get(7)[0], keys.get(7)[1])).isEqualTo(7);
  }

  @Test
  void links_leadToTheNextSeries() {
    var known = new KnownSeries(100, () -> {});
    int a = known.add(1, 11);
    int b = known.add(2, 22);
    KnownSeries.Table table = known.table();
    assertThat(table.guess(a)).isEqualTo(KnownSeries.NONE);
    table.link(a, b);
    assertThat(table.guess(a)).isEqualTo(b);
    assertThat(table.is(table.guess(a), 22)).isTrue();
    assertThat(table.is(table.guess(a), 23)).isFalse();
  }

  @Test
  void fullMemory_startsAfreshAndIsCounted() {
    var resets = new AtomicInteger();
    var known = new KnownSeries(100, resets::incrementAndGet);
    for (int i = 1; i <= 101; i++) {
      known.add(i, i);
    }
    assertThat(resets).hasValue(1);
    assertThat(known.size()).isEqualTo(1);
    assertThat(known.table().find(5, 5)).isEqualTo(KnownSeries.NONE);
    assertThat(known.table().find(101, 101)).isZero();
  }
}
