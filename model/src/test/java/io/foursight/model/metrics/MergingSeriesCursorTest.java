package io.foursight.model.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.RandomSamples.Row;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class MergingSeriesCursorTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final RandomSamples samples = new RandomSamples(random);

  private static class Listed implements SeriesCursor {
    private final Iterator<Map.Entry<Labels, List<Row>>> rest;
    private Map.Entry<Labels, List<Row>> current;
    private boolean closed;

    Listed(TreeMap<Labels, List<Row>> series) {
      rest = series.entrySet().iterator();
    }

    @Override
    public boolean next() {
      if (!rest.hasNext()) {
        return false;
      }
      current = rest.next();
      return true;
    }

    @Override
    public Labels labels() {
      return current.getKey();
    }

    @Override
    public void samples(SampleColumns into) {
      RandomSamples.fill(into, current.getValue());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private TreeMap<Labels, List<Row>> input() {
    var series = new TreeMap<Labels, List<Row>>();
    for (int i = random.nextInt(6); i > 0; i--) {
      series.put(Labels.of("l", "" + random.nextInt(6)), samples.rows(8));
    }
    return series;
  }

  /// Every timestamp once; the later input wins, but a stale marker never over a sample.
  private static Map<Labels, List<Row>> naive(List<TreeMap<Labels, List<Row>>> inputs) {
    var all = new TreeMap<Labels, TreeMap<Long, Row>>();
    for (var input : inputs) {
      input.forEach((labels, rows) -> {
        var merged = all.computeIfAbsent(labels, l -> new TreeMap<>());
        for (Row row : rows) {
          merged.merge(
              row.timestamp(), row, (old, next) -> next.isStale() && !old.isStale() ? old : next);
        }
      });
    }
    var out = new TreeMap<Labels, List<Row>>();
    all.forEach((labels, rows) -> out.put(labels, new ArrayList<>(rows.values())));
    return out;
  }

  @Test
  void merge_isTheUnionOfTheInputs() {
    var columns = new SampleColumns();
    for (int round = 0; round < 3000; round++) {
      List<TreeMap<Labels, List<Row>>> inputs = new ArrayList<>();
      List<SeriesCursor> cursors = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        inputs.add(input());
        cursors.add(new Listed(inputs.getLast()));
      }
      var found = new TreeMap<Labels, List<Row>>();
      Labels last = null;
      try (SeriesCursor merged = MergingSeriesCursor.of(cursors)) {
        while (merged.next()) {
          Labels labels = merged.labels();
          if (last != null) {
            assertThat(labels).as("seed %d", seed).isGreaterThan(last);
          }
          last = labels;
          if (random.nextInt(10) == 0) {
            found.put(labels, naive(inputs).get(labels)); // its samples are not asked for
          } else {
            merged.samples(columns);
            found.put(labels, RandomSamples.read(columns));
          }
        }
        assertThat(merged.next()).isFalse();
      }
      assertThat(found).as("seed %d round %d", seed, round).isEqualTo(naive(inputs));
      assertThat(cursors).allSatisfy(c -> assertThat(((Listed) c).closed).isTrue());
    }
  }

  @Test
  void inputThatFailsToClose_keepsNoOtherOpen() {
    var first = new Listed(new TreeMap<>());
    var last = new Listed(new TreeMap<>());
    var failing =
        new Listed(new TreeMap<>()) {
          @Override
          public void close() {
            throw FoursightException.unavailable("gone");
          }
        };
    SeriesCursor merged = MergingSeriesCursor.of(List.of(first, failing, last));
    Assertions.assertThatThrownBy(merged::close).hasMessage("gone");
    assertThat(first.closed).isTrue();
    assertThat(last.closed).isTrue();
  }
}
