package io.foursight.model.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Deadline;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProfileRowsUnionTest {
  private record Row(Labels labels, long time, long high, long low, long span, long value) {}

  /// Copies come from replicas; whoever adds them twice tells twice the truth.
  @Test
  void copies_areOne_andProfilesWithoutIdsStay() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var budget = new QueryBudget(1 << 20, 0, Deadline.NONE);
    for (boolean bySpan : List.of(false, true)) {
      var distinct = new HashSet<Row>();
      int without = 0;
      var set = new ProfileSet();
      var union = new ProfileRowsUnion(bySpan, budget);
      for (int i = 0; i < 2000; i++) {
        var labels = Labels.of("a", "" + random.nextInt(3));
        var row =
            new Row(labels, random.nextInt(9), random.nextInt(4), 1, bySpan ? i % 3 : 0, i % 3);
        if (random.nextInt(10) == 0) {
          row = new Row(labels, row.time, 0, 0, row.span, row.value);
          without++;
        } else if (bySpan) {
          row = new Row(labels, row.time, row.high, 1, row.span, row.span);
          distinct.add(row);
        } else {
          row = new Row(labels, row.time, row.high, 1, 0, row.high);
          boolean added = distinct.add(row);
          assertThat(set.add(set.series(labels), row.time, row.high, 1))
              .as("seed " + seed)
              .isEqualTo(added);
        }
        union.of(labels).add(row.time, row.value, row.high, row.low, row.span, 7, 8);
      }
      var rows = new ArrayList<Row>();
      union.forEach(all -> {
        for (int r = 0; r < all.rows(); r++) {
          assertThat(r == 0 || all.timesNanos()[r - 1] <= all.timesNanos()[r]).isTrue();
          rows.add(
              new Row(
                  all.labels(),
                  all.timesNanos()[r],
                  all.idHighs()[r],
                  all.idLows()[r],
                  bySpan ? all.spanIds()[r] : 0,
                  all.values()[r]));
        }
      });
      assertThat(rows).as("seed " + seed).hasSize(distinct.size() + without).containsAll(distinct);
      union.close();
      assertThat(budget.memoryBytes()).isZero();
    }
  }
}
