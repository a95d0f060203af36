package io.foursight.querier.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Several Sources read as one: every series once, its samples the union by time. Inputs are given
/// **older data first**: where two hold different values for one time, the later input wins.
///
/// They are *asked* newest first. An ingester lets go of data only after the store-gateway answers
/// for the block that holds them; so whoever looks into the head before the blocks finds each
/// sample in at least one of the two, however a flush falls between both looks.
///
/// Safe from any thread. One failing Source fails the call: no answer is better than a wrong one.
public final class MetricsFanIn implements MetricsSource {
  private final List<MetricsSource> sources;

  public MetricsFanIn(List<MetricsSource> olderFirst) {
    this.sources = List.copyOf(olderFirst);
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return SeriesCursor.chained(select(select, 1));
  }

  /// A merge needs ascending inputs with all labels. So a looser delivery is passed on only where
  /// one Source has all data of the range.
  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    MetricsSelect strict = select.with(Delivery.ASCENDING);
    if (select != strict) {
      List<MetricsSource> holders =
          sources.stream().filter(s -> s.mayHold(select.tenant(), select.range())).toList();
      if (holders.size() == 1) {
        List<SeriesCursor> cursors = only(holders.getFirst(), select, strict, parts);
        if (!cursors.isEmpty()) {
          return cursors;
        }
      }
    }
    return List.of(merged(source -> source.select(strict)));
  }

  @Override
  public boolean mayHold(TenantId tenant, TimeRange range) {
    return sources.stream().anyMatch(source -> source.mayHold(tenant, range));
  }

  /// What one Source has, after the others, asked in the usual order, were found to have nothing;
  /// empty when one of them got something meanwhile.
  private List<SeriesCursor> only(
      MetricsSource holder, MetricsSelect select, MetricsSelect strict, int parts) {
    List<SeriesCursor> found = List.of();
    var others = new ArrayList<SeriesCursor>();
    try {
      for (MetricsSource source : sources.reversed()) {
        if (source == holder) {
          found = source.select(select, parts);
        } else {
          others.add(source.select(strict));
        }
      }
    } catch (RuntimeException e) {
      found.forEach(cursor -> closeAfter(e, cursor));
      others.forEach(cursor -> closeAfter(e, cursor));
      throw e;
    }
    boolean alone = others.stream().allMatch(cursor -> cursor == SeriesCursor.empty());
    if (alone) {
      return found.isEmpty() ? List.of(SeriesCursor.empty()) : found;
    }
    found.forEach(SeriesCursor::close);
    others.forEach(SeriesCursor::close);
    return List.of();
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return merged(source -> source.series(select));
  }

  private SeriesCursor merged(Function<MetricsSource, SeriesCursor> open) {
    var cursors = new ArrayList<SeriesCursor>(sources.size());
    try {
      for (MetricsSource source : sources.reversed()) {
        cursors.add(open.apply(source));
      }
      return MergingSeriesCursor.of(cursors.reversed());
    } catch (RuntimeException e) {
      cursors.forEach(cursor -> closeAfter(e, cursor));
      throw e;
    }
  }

  static void closeAfter(RuntimeException failure, SeriesCursor cursor) {
    try {
      cursor.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return SortedUnion.texts(each(source -> source.labelNames(select)));
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return SortedUnion.texts(each(source -> source.labelValues(label, select)));
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return SortedUnion.exemplars(each(source -> source.exemplars(select)));
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    Set<MetricMetadata> all = new LinkedHashSet<>();
    each(source -> source.metadata(tenant, metric)).forEach(all::addAll);
    return List.copyOf(all);
  }

  private <T> List<T> each(Function<MetricsSource, T> ask) {
    var answers = new ArrayList<T>(sources.size());
    for (MetricsSource source : sources.reversed()) {
      answers.add(ask.apply(source));
    }
    return answers;
  }
}
