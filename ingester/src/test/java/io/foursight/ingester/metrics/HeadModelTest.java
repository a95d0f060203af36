package io.foursight.ingester.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TextMatcher;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.StaleMarker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The head against a map of maps: whatever is written in whatever order must come back bit by bit,
/// before and after crashes.
class HeadModelTest {
  @TempDir Path directory;

  private final Map<Labels, TreeMap<Long, Long>> model = new TreeMap<>();

  @Test
  void randomWritesInAnyOrder_readBackAsAMapWould_alsoAfterCrashes() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var fixture = new IngesterFixture(directory.resolve("a")).open();
    for (int round = 0; round < 120; round++) {
      write(fixture, random);
      if (round % 10 == 9) {
        check(fixture, random, "seed " + seed + " round " + round);
      }
      if (round % 40 == 39) {
        fixture = fixture.crash();
        check(fixture, random, "seed " + seed + " after crash in round " + round);
      }
    }
    fixture.stop();
  }

  private void write(IngesterFixture fixture, Random random) {
    var writer = fixture.batch();
    int expectedStored = 0;
    int expectedRefused = 0;
    int series = 1 + random.nextInt(40);
    for (int s = 0; s < series; s++) {
      int id = random.nextInt(60);
      String[] pairs = {
        "__name__", "m" + id % 7, "instance", "i" + id, "job", id % 3 == 0 ? "" : "j" + id % 5
      };
      writer.series(pairs);
      var rows = model.computeIfAbsent(Labels.of(pairs), unused -> new TreeMap<>());
      int n = random.nextInt(30);
      long t =
          IngesterFixture.T0
              + (random.nextInt(4) == 0 ? -random.nextInt(20_000_000) : random.nextInt(7_000_000));
      int mode = random.nextInt(6);
      for (int i = 0; i < n; i++) {
        t += mode == 0 ? random.nextInt(100_000) - 50_000 : mode == 1 ? -1000 : 15_000;
        double v = value(random, mode, i);
        writer.sample(t, v);
        long bits = Double.doubleToRawLongBits(v);
        Long before = rows.putIfAbsent(t, bits);
        if (before == null || before == bits) {
          expectedStored++;
        } else {
          expectedRefused++;
        }
      }
    }
    var result = writer.write();
    assertThat(result.samples()).isEqualTo(expectedStored);
    assertThat(result.rejections().stream().mapToInt(r -> r.count()).sum())
        .isEqualTo(expectedRefused);
  }

  private static double value(Random random, int mode, int i) {
    return switch (random.nextInt(12)) {
      case 0 -> StaleMarker.VALUE;
      case 1 -> Double.longBitsToDouble(random.nextLong());
      case 2 -> -0.0;
      case 3 -> Double.POSITIVE_INFINITY;
      case 4 -> (long) -9.3e18 * (random.nextBoolean() ? 1.0 : -1.0);
      case 5 -> random.nextGaussian();
      default ->
          switch (mode) {
            case 2 -> 1000 + i * 15;
            case 3 -> 42.5;
            case 4 -> Math.round(random.nextDouble() * 1e4) / 100.0;
            default -> random.nextInt(1000);
          };
    };
  }

  private void check(IngesterFixture fixture, Random random, String context) {
    long from = IngesterFixture.T0 - 25_000_000 + random.nextInt(20_000_000);
    for (TimeRange range : List.of(TimeRange.ALL, new TimeRange(from, from + 9_000_000))) {
      for (LabelMatcher[] matchers : matchers()) {
        assertThat(fixture.read(range, matchers))
            .as("%s %s %s", context, range, List.of(matchers))
            .isEqualTo(expected(range, matchers));
        assertThat(fixture.readInAnyOrder(range, matchers))
            .as("in any order: %s %s %s", context, range, List.of(matchers))
            .isEqualTo(expected(range, matchers));
        var select = IngesterFixture.select(range, matchers);
        var names = new TreeSet<String>();
        var jobs = new TreeSet<String>();
        for (Labels labels : expected(TimeRange.ALL, matchers).keySet()) {
          names.addAll(labels.names());
          jobs.add(labels.get("job"));
        }
        jobs.remove("");
        if (range.equals(TimeRange.ALL)) {
          assertThat(fixture.metrics.labelNames(select))
              .as(context)
              .containsExactlyElementsOf(names);
          assertThat(fixture.metrics.labelValues("job", select))
              .as(context)
              .containsExactlyElementsOf(jobs);
        }
      }
    }
  }

  private static List<LabelMatcher[]> matchers() {
    var all = new ArrayList<LabelMatcher[]>();
    all.add(new LabelMatcher[] {});
    all.add(new LabelMatcher[] {LabelMatcher.equal("__name__", "m3")});
    all.add(
        new LabelMatcher[] {
          LabelMatcher.equal("__name__", "m3"), LabelMatcher.notEqual("job", "j1")
        });
    all.add(new LabelMatcher[] {LabelMatcher.equal("job", "")});
    all.add(new LabelMatcher[] {LabelMatcher.equal("nothing", "")});
    all.add(new LabelMatcher[] {LabelMatcher.equal("nothing", "x")});
    all.add(new LabelMatcher[] {regex("instance", "i[12].*", false)});
    all.add(new LabelMatcher[] {regex("job", "j1|j2", true), LabelMatcher.notEqual("job", "")});
    all.add(new LabelMatcher[] {regex("job", ".*", false), regex("__name__", "m.", false)});
    return all;
  }

  private static LabelMatcher regex(String name, String expression, boolean negated) {
    Pattern pattern = Pattern.compile(expression);
    TextMatcher matcher = text -> pattern.matcher(text).matches();
    return LabelMatcher.regex(name, expression, negated, matcher);
  }

  private Map<Labels, TreeMap<Long, Long>> expected(TimeRange range, LabelMatcher... matchers) {
    var out = new TreeMap<Labels, TreeMap<Long, Long>>();
    model.forEach((labels, rows) -> {
      for (LabelMatcher m : matchers) {
        if (!m.matches(labels.get(m.name()))) {
          return;
        }
      }
      var inside = new TreeMap<>(rows.subMap(range.startMillis(), true, range.endMillis(), true));
      if (!inside.isEmpty()) {
        out.put(labels, inside);
      }
    });
    return out;
  }
}
