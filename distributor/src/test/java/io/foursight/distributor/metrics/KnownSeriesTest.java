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
      assertThat(known.add(i, keys.get(i)[0], keys.get(i)[1], i)).isEqualTo(i);
    }
    for (int i = 0; i < keys.size(); i++) {
      assertThat(known.table().find(keys.get(i)[0], keys.get(i)[1])).isEqualTo(i);
    }
    assertThat(known.table().find(1, 2)).isEqualTo(KnownSeries.NONE);
    assertThat(known.add(7, keys.get(7)[0], keys.get(7)[1], 7)).isEqualTo(7);
  }

  @Test
  void links_leadToTheNextSeries() {
    var known = new KnownSeries(100, () -> {});
    int a = known.add(1, 101, 11, 5);
    int b = known.add(2, 102, 22, 6);
    KnownSeries.Table table = known.table();
    assertThat(table.guess(a)).isEqualTo(KnownSeries.NONE);
    table.link(a, b);
    assertThat(table.guess(a)).isEqualTo(b);
    assertThat(table.check(b)).isEqualTo(2);
    assertThat(table.high(b)).isEqualTo(102);
    assertThat(table.low(b)).isEqualTo(22);
    assertThat(table.length(b)).isEqualTo(6);
  }

  @Test
  void fullMemory_startsAfreshAndIsCounted() {
    var resets = new AtomicInteger();
    var known = new KnownSeries(100, resets::incrementAndGet);
    for (int i = 1; i <= 101; i++) {
      known.add(i, i, i, i);
    }
    assertThat(resets).hasValue(1);
    assertThat(known.size()).isEqualTo(1);
    assertThat(known.table().find(5, 5)).isEqualTo(KnownSeries.NONE);
    assertThat(known.table().find(101, 101)).isZero();
  }

  /// Who does not sort must not fill the memory with label bytes.
  @Test
  void rewrittenSeries_keepTheirCanonicalLabelsInsideABound() {
    var known = new KnownSeries(100, () -> {});
    int a = known.add(1, 1, 1, 10);
    int b = known.addRewritten(2, 2, 2, 10, new KnownSeries.Rewritten(new byte[900], 20, 21));
    assertThat(known.table().isRewritten(a)).isFalse();
    assertThat(known.table().rewritten(b).high()).isEqualTo(20);
    var large = new KnownSeries.Rewritten(new byte[800], 30, 31);
    assertThat(known.addRewritten(3, 3, 3, 10, large)).isEqualTo(KnownSeries.NONE);
    for (int i = 4; i < 90; i++) {
      known.add(i, i, i, i);
    }
    assertThat(known.table().rewritten(b).low()).isEqualTo(21);
    assertThat(known.table().isRewritten(b + 1)).isFalse();
  }
}
