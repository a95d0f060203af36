package io.foursight.querier.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricsFanInTest {
  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final String[] NAMES = {"A", "__name__", "__scheme__", "__type__", "job", "z"};

  static Map<String, List<String>> drained(SeriesCursor cursor) {
    var all = new TreeMap<String, List<String>>();
    Labels before = null;
    try (cursor) {
      var samples = new SampleColumns();
      while (cursor.next()) {
        Labels labels = cursor.labels();
        if (before != null) {
          assertThat(before.compareTo(labels)).as("%s before %s", before, labels).isNegative();
        }
        before = labels;
        cursor.samples(samples);
        var rows = new ArrayList<String>();
        for (int i = 0; i < samples.size(); i++) {
          rows.add(samples.timestamp(i) + "=" + samples.value(i));
        }
        all.put(labels.toString(), rows);
      }
    }
    return all;
  }

  private static Labels randomLabels(Random random) {
    var pairs = new ArrayList<String>();
    for (String name : NAMES) {
      if (random.nextInt(2) == 0) {
        pairs.add(name);
        pairs.add("v" + random.nextInt(3));
      }
    }
    return Labels.of(pairs.toArray(String[]::new));
  }

  /// Samples lie in any of the sources, some in several: the fan-in reads as the merged whole.
  @Test
  void severalSources_readAsOneMergedSource() {
    for (long seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      var merged = new MemorySource();
      List<MemorySource> parts =
          List.of(new MemorySource(), new MemorySource(), new MemorySource());
      for (int i = 0; i < 300; i++) {
        Labels labels = randomLabels(random);
        long time = random.nextInt(40);
        double value = random.nextInt(5);
        int from = random.nextInt(parts.size());
        merged.add(TENANT, labels, time, value);
        // The newest writer of a sample is the latest source, and all before it may hold older
        // ones.
        for (int p = from; p < parts.size(); p++) {
          if (p == from || random.nextBoolean() || p == parts.size() - 1) {
            parts.get(p).add(TENANT, labels, time, value);
          }
        }
      }
      var fanIn = new MetricsFanIn(List.copyOf(parts));
      var select =
          new MetricsSelect(
              TENANT,
              new TimeRange(random.nextInt(20), 20 + random.nextInt(20)),
              random.nextBoolean() ? List.of() : List.of(LabelMatcher.equal("job", "v1")),
              QueryBudget.unlimited());
      assertThat(drained(fanIn.select(select)))
          .as("seed %s", seed)
          .isEqualTo(drained(merged.select(select)));
      assertThat(fanIn.labelNames(select)).isEqualTo(merged.labelNames(select));
      assertThat(fanIn.labelValues("z", select)).isEqualTo(merged.labelValues("z", select));
      assertThat(parts).allSatisfy(p -> assertThat(p.openCursors).isZero());
    }
  }

  /// One that says what it may hold, and remembers how it was asked.
  private static final class Choosy implements MetricsSource {
    private final MemorySource source = new MemorySource();
    private final List<Delivery> asked = new ArrayList<>();
    private boolean mayHold = true;

    @Override
    public boolean mayHold(TenantId tenant, TimeRange range) {
      return mayHold;
    }

    @Override
    public SeriesCursor select(MetricsSelect select) {
      asked.add(select.hints().delivery());
      return source.isEmpty() ? SeriesCursor.empty() : source.select(select);
    }

    @Override
    public SeriesCursor series(MetricsSelect select) {
      return source.series(select);
    }

    @Override
    public List<String> labelNames(MetricsSelect select) {
      return source.labelNames(select);
    }

    @Override
    public List<String> labelValues(String label, MetricsSelect select) {
      return source.labelValues(label, select);
    }

    @Override
    public List<ExemplarSeries> exemplars(MetricsSelect select) {
      return source.exemplars(select);
    }

    @Override
    public List<MetricMetadata> metadata(TenantId tenant, String metric) {
      return source.metadata(tenant, metric);
    }
  }

  /// What is merged must ascend; and a flush may move data from one Source to another between the
  /// question and the selection.
  @Test
  void looseDelivery_isPassedOn_onlyWhereOneSourceHasEverything() {
    var hints = new SelectHints("", 0, 0, List.of(), false, 0, 0, 0, Delivery.ANY_ORDER);
    var select =
        new MetricsSelect(TENANT, TimeRange.ALL, List.of(), hints, QueryBudget.unlimited());
    var blocks = new Choosy();
    var head = new Choosy();
    var fanIn = new MetricsFanIn(List.of(blocks, head));
    head.source.add(TENANT, Labels.of("a", "1"), 10, 1);

    blocks.mayHold = false;
    assertThat(drained(fanIn.select(select))).hasSize(1);
    assertThat(head.asked).containsExactly(Delivery.ANY_ORDER);
    assertThat(blocks.asked).containsExactly(Delivery.ASCENDING);

    blocks.source.add(TENANT, Labels.of("a", "1"), 9, 1);
    assertThat(drained(fanIn.select(select))).containsValue(List.of("9=1.0", "10=1.0"));
    assertThat(head.asked.getLast()).isEqualTo(Delivery.ASCENDING);

    blocks.mayHold = true;
    head.asked.clear();
    assertThat(drained(fanIn.select(select))).containsValue(List.of("9=1.0", "10=1.0"));
    assertThat(head.asked).containsExactly(Delivery.ASCENDING);
    assertThat(head.source.openCursors + blocks.source.openCursors).isZero();
  }

  /// The new label can change the order of series; the cursor must still ascend.
  @Test
  void federation_readsAsOneTenantWhoseSeriesCarryTheTenantLabel() {
    List<TenantId> tenants = List.of(new TenantId("a"), new TenantId("b"), new TenantId("c"));
    for (long seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      var source = new MemorySource();
      var expected = new MemorySource();
      for (int i = 0; i < 150; i++) {
        TenantId tenant = tenants.get(random.nextInt(3));
        Labels labels = randomLabels(random);
        if (random.nextInt(10) == 0) {
          labels = labels.with("__tenant_id__", "mine");
        }
        long time = random.nextInt(10);
        source.add(tenant, labels, time, i);
        expected.add(TENANT, FederatedMetricsSource.labelled(labels, tenant), time, i);
      }
      List<LabelMatcher> matchers =
          switch (random.nextInt(4)) {
            case 0 -> List.of(LabelMatcher.equal("__tenant_id__", "b"));
            case 1 -> List.of(LabelMatcher.notEqual("__tenant_id__", "b"));
            case 2 -> List.of(LabelMatcher.equal("original___tenant_id__", "mine"));
            default -> List.of();
          };
      var select =
          new MetricsSelect(
              TENANT,
              TimeRange.ALL,
              matchers,
              new QueryBudget(0, 0, io.foursight.model.Deadline.NONE));
      var federated = new FederatedMetricsSource(source, tenants);
      assertThat(drained(federated.select(select)))
          .as("seed %s %s", seed, matchers)
          .isEqualTo(drained(expected.select(select)));
      assertThat(select.budget().memoryBytes()).as("seed %s", seed).isZero();
      assertThat(federated.labelNames(select)).isEqualTo(expected.labelNames(select));
      for (String label : List.of("job", "__tenant_id__", "original___tenant_id__")) {
        assertThat(federated.labelValues(label, select))
            .as("seed %s %s", seed, label)
            .isEqualTo(expected.labelValues(label, select));
      }
    }
  }

  /// A flush may move data from the head to a block between two looks; asked in this order, nothing
  /// is missed.
  @Test
  void newestSourceIsAskedFirst() {
    var historic = new MemorySource();
    var labels = Labels.of("__name__", "up");
    var recent = new MemorySource().add(TENANT, labels, 1, 1);
    MetricsSource flushing =
        new ForwardingSource(recent) {
          @Override
          public SeriesCursor select(MetricsSelect select) {
            SeriesCursor found = super.select(select);
            historic.add(TENANT, labels, 2, 2);
            return found;
          }
        };
    var select = new MetricsSelect(TENANT, TimeRange.ALL, List.of(), QueryBudget.unlimited());
    assertThat(drained(new MetricsFanIn(List.of(historic, flushing)).select(select)))
        .containsEntry("{__name__=\"up\"}", List.of("1=1.0", "2=2.0"));
  }

  @Test
  void oneFailingSource_failsTheCall_andClosesTheOthers() {
    var recent = new MemorySource().add(TENANT, Labels.of("a", "b"), 1, 1);
    MetricsSource broken =
        new ForwardingSource(new MemorySource()) {
          @Override
          public SeriesCursor select(MetricsSelect select) {
            throw FoursightException.corrupt("block X is broken");
          }
        };
    var select = new MetricsSelect(TENANT, TimeRange.ALL, List.of(), QueryBudget.unlimited());
    assertThatThrownBy(() -> new MetricsFanIn(List.of(broken, recent)).select(select))
        .hasMessageContaining("block X");
    assertThat(recent.openCursors).isZero();
  }
}
