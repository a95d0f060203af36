package io.foursight.model.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.metrics.RandomSamples.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleColumnsTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final RandomSamples samples = new RandomSamples(random);

  /// Reuse is the point of the class: what a former series left must never show.
  @Test
  void reusedColumns_holdWhatAListWouldHold() {
    var columns = new SampleColumns();
    var other = new SampleColumns();
    for (int round = 0; round < 5000; round++) {
      List<Row> rows = samples.rows(1 + random.nextInt(40));
      RandomSamples.fill(other, rows);
      List<Row> expected = new ArrayList<>();
      columns.clear();
      for (int i = 0; i < rows.size(); ) {
        switch (random.nextInt(3)) {
          case 0 -> {
            int to = i + 1 + random.nextInt(rows.size() - i);
            columns.append(other, i, to);
            expected.addAll(rows.subList(i, to));
            i = to;
          }
          case 1 -> {
            columns.addFrom(other, i);
            expected.add(rows.get(i++));
          }
          default -> {
            RandomSamples.add(columns, rows.get(i));
            expected.add(rows.get(i++));
          }
        }
      }
      assertThat(RandomSamples.read(columns)).as("seed %d round %d", seed, round).isEqualTo(rows);
      assertThat(expected).isEqualTo(rows);
      assertThat(columns.hasHistograms())
          .isEqualTo(rows.stream().anyMatch(r -> r.histogram() != null));
      long time = random.nextInt(100) - 50;
      assertThat(columns.rowsBefore(time))
          .as("seed %d", seed)
          .isEqualTo((int) rows.stream().filter(r -> r.timestamp() < time).count());
    }
  }

  @Test
  void sharedTimestamps_areNeverWritten_andGoneAfterClear() {
    long[] shared = {1, 2, 3};
    var columns = new SampleColumns();
    columns.add(7, 7.0);
    columns.shareTimestamps(shared, 3);
    for (int i = 0; i < 3; i++) {
      columns.values()[i] = i;
    }
    assertThat(columns.sharesTimestamps()).isTrue();
    assertThat(columns.timestamps()).isSameAs(shared);
    columns.add(4, 3.0);
    assertThat(columns.sharesTimestamps()).isFalse();
    assertThat(RandomSamples.read(columns))
        .extracting(Row::timestamp)
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(shared).containsExactly(1, 2, 3);
    columns.shareTimestamps(shared, 2);
    columns.clear();
    columns.add(9, 1.0);
    assertThat(shared).containsExactly(1, 2, 3);
    assertThat(columns.timestamp(0)).isEqualTo(9);
  }

  @Test
  void cutRows_areTheMiddleOnes() {
    var columns = new SampleColumns();
    for (int i = 0; i < 10; i++) {
      columns.add(i, i);
    }
    columns.keep(3, 6);
    assertThat(RandomSamples.read(columns)).extracting(Row::timestamp).containsExactly(3L, 4L, 5L);
  }
}
