package io.foursight.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The checker recomputes values, so they must depend on nothing but the options, and counters must
/// never fall.
class ScrapeWorkloadTest {
  @Test
  void theSameOptions_giveTheSameData() {
    var a = new ScrapeWorkload(7, 1000, 0, 15_000);
    var b = new ScrapeWorkload(7, 1000, 0, 15_000);
    assertThat(a.targets().stream().mapToInt(t -> t.series().size()).sum()).isEqualTo(1000);
    for (int i = 0; i < a.targets().size(); i++) {
      for (int j = 0; j < a.targets().get(i).series().size(); j++) {
        var x = a.targets().get(i).series().get(j);
        var y = b.targets().get(i).series().get(j);
        assertThat(x.labels()).isEqualTo(y.labels());
        assertThat(a.value(x, 99)).isEqualTo(b.value(y, 99));
      }
    }
  }

  @Test
  void counters_neverFall() {
    var workload = new ScrapeWorkload(3, 500, 0, 15_000);
    for (var target : workload.targets()) {
      for (var series : target.series()) {
        if (series.kind() != ScrapeWorkload.Kind.GAUGE) {
          for (long k = 1; k < 500; k++) {
            assertThat(workload.value(series, k))
                .isGreaterThanOrEqualTo(workload.value(series, k - 1));
          }
        }
      }
    }
  }
}
