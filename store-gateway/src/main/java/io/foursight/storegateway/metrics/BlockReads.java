package io.foursight.storegateway.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.metrics.block.v1.SeriesOrderCursor;
import io.foursight.storegateway.BlockAttempt;
import io.foursight.storegateway.BlockFailure;
import io.foursight.storegateway.BlockIndex;
import io.foursight.storegateway.OpenBlock;
import io.foursight.storegateway.StoreGatewayMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all blocks of a tenant, or some by name. What lies before the tenant's retention is not
/// read. Safe from any thread.
final class BlockReads implements MetricsSource {
  private static final Logger LOG = LoggerFactory.getLogger(BlockReads.class);

  private final BlockIndex<MetricsBlockReader> index;
  private final Function<TenantId, BlockAttempt<MetricsBlockReader>> attempts;
  private final TenantLimits<MetricsStoreGatewayLimits> limits;
  private final Clock clock;
  private final StoreGatewayMetrics metrics;
  private final Set<String> only;

  /// @param only ids of the blocks to read; empty = all
  BlockReads(
      BlockIndex<MetricsBlockReader> index,
      Function<TenantId, BlockAttempt<MetricsBlockReader>> attempts,
      TenantLimits<MetricsStoreGatewayLimits> limits,
      Clock clock,
      StoreGatewayMetrics metrics,
      Set<String> only) {
    this.index = index;
    this.attempts = attempts;
    this.limits = limits;
    this.clock = clock;
    this.metrics = metrics;
    this.only = Set.copyOf(only);
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return select.hints().delivery() == Delivery.ASCENDING
        ? cursor(select, MetricsBlockReader::select)
        : SeriesCursor.chained(select(select, 1));
  }

  /// Series of several blocks are merged, for which they must come in label order; those of a
  /// single one come as they lie in it.
  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    MetricsSelect kept = insideRetention(select);
    boolean loose = select.hints().delivery() != Delivery.ASCENDING;
    if (loose && only.isEmpty() && !kept.range().isEmpty()) {
      List<OpenBlock<MetricsBlockReader>> blocks =
          index.of(kept.tenant()).overlapping(kept.range());
      if (blocks.size() == 1) {
        metrics.selects.increment();
        metrics.blocksQueried.increment();
        try {
          return stretches(kept, blocks.getFirst(), parts);
        } catch (BlockFailure e) {
          // Whoever asks the usual way recovers from it.
          LOG.debug("reading a block failed, trying again: {}", e.toString());
        }
      }
    }
    return List.of(cursor(select.with(Delivery.ASCENDING), MetricsBlockReader::select));
  }

  private List<SeriesCursor> stretches(
      MetricsSelect select, OpenBlock<MetricsBlockReader> block, int parts) {
    var cursors = new ArrayList<SeriesCursor>();
    return BlockFailure.naming(
        select.tenant(),
        block.meta().id(),
        () -> {
          MetricsBlockReader reader = block.acquire();
          try {
            for (SeriesOrderCursor stretch : reader.selectInSeriesOrder(select, parts)) {
              block.acquire();
              var named = new BlockCursor(stretch, select.tenant(), block);
              cursors.add(named);
              BlockAttempt<MetricsBlockReader> attempt = attempts.apply(select.tenant());
              cursors.set(
                  cursors.size() - 1,
                  new ResumingStretch(
                      select,
                      stretch,
                      named,
                      again -> resuming(again, attempt, MetricsBlockReader::select),
                      attempt::recover));
            }
            return cursors;
          } catch (RuntimeException e) {
            cursors.forEach(SeriesCursor::close);
            throw e;
          } finally {
            block.release();
          }
        });
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return cursor(select, MetricsBlockReader::series);
  }

  @Override
  public boolean mayHold(TenantId tenant, TimeRange range) {
    return !range.isEmpty() && !index.of(tenant).overlapping(range).isEmpty();
  }

  private SeriesCursor cursor(
      MetricsSelect select, BiFunction<MetricsBlockReader, MetricsSelect, SeriesCursor> read) {
    metrics.selects.increment();
    MetricsSelect kept = insideRetention(select);
    if (only.isEmpty() && !mayHold(kept.tenant(), kept.range())) {
      return SeriesCursor.empty();
    }
    return resuming(kept, attempts.apply(kept.tenant()), read);
  }

  private SeriesCursor resuming(
      MetricsSelect kept,
      BlockAttempt<MetricsBlockReader> attempt,
      BiFunction<MetricsBlockReader, MetricsSelect, SeriesCursor> read) {
    return new ResumingCursor(
        () -> attempt.run(() -> openAll(kept, attempt, read)), attempt::recover);
  }

  private SeriesCursor openAll(
      MetricsSelect select,
      BlockAttempt<MetricsBlockReader> attempt,
      BiFunction<MetricsBlockReader, MetricsSelect, SeriesCursor> read) {
    var cursors = new ArrayList<SeriesCursor>();
    try {
      for (OpenBlock<MetricsBlockReader> block :
          attempt.kept(chosen(select.tenant(), select.range()))) {
        select.budget().check();
        cursors.add(open(block, select, read));
      }
      return MergingSeriesCursor.of(cursors);
    } catch (RuntimeException e) {
      cursors.forEach(SeriesCursor::close);
      throw e;
    }
  }

  private static SeriesCursor open(
      OpenBlock<MetricsBlockReader> block,
      MetricsSelect select,
      BiFunction<MetricsBlockReader, MetricsSelect, SeriesCursor> read) {
    return BlockFailure.naming(
        select.tenant(),
        block.meta().id(),
        () -> {
          MetricsBlockReader reader = block.acquire();
          try {
            return new BlockCursor(read.apply(reader, select), select.tenant(), block);
          } catch (RuntimeException e) {
            block.release();
            throw e;
          }
        });
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    each(select, reader -> reader.labelNames(insideRetention(select))).forEach(names::addAll);
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    var values = new TreeSet<String>(Labels::compareText);
    each(select, reader -> reader.labelValues(label, insideRetention(select)))
        .forEach(values::addAll);
    return List.copyOf(values);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    var all = new TreeMap<Labels, Set<Exemplar>>();
    for (List<ExemplarSeries> found :
        each(select, reader -> reader.exemplars(insideRetention(select)))) {
      for (ExemplarSeries series : found) {
        all.computeIfAbsent(series.labels(), l -> new LinkedHashSet<>()).addAll(series.exemplars());
      }
    }
    return all.entrySet().stream()
        .map(e ->
            new ExemplarSeries(
                e.getKey(),
                e.getValue().stream()
                    .sorted(Comparator.comparingLong(Exemplar::timestampMillis))
                    .toList()))
        .toList();
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    var everything = new MetricsSelect(tenant, TimeRange.ALL, List.of(), QueryBudget.unlimited());
    var all = new LinkedHashSet<MetricMetadata>();
    each(everything, reader -> reader.metadata(metric)).forEach(all::addAll);
    return List.copyOf(all);
  }

  /// What every block in the range answers.
  private <T> List<T> each(MetricsSelect select, Function<MetricsBlockReader, T> read) {
    TimeRange range = insideRetention(select).range();
    BlockAttempt<MetricsBlockReader> attempt = attempts.apply(select.tenant());
    return attempt.run(() -> {
      var answers = new ArrayList<T>();
      for (OpenBlock<MetricsBlockReader> block : attempt.kept(chosen(select.tenant(), range))) {
        select.budget().check();
        answers.add(block.ask(read));
      }
      return answers;
    });
  }

  private MetricsSelect insideRetention(MetricsSelect select) {
    Duration retention = limits.of(select.tenant()).compactorBlocksRetentionPeriod();
    if (retention.isZero() || retention.isNegative()) {
      return select;
    }
    long oldest = clock.millis() - retention.toMillis();
    if (select.range().startMillis() >= oldest) {
      return select;
    }
    return new MetricsSelect(
        select.tenant(),
        new TimeRange(oldest, select.range().endMillis()),
        select.matchers(),
        select.hints(),
        select.budget());
  }

  private List<OpenBlock<MetricsBlockReader>> chosen(TenantId tenant, TimeRange range) {
    if (range.isEmpty()) {
      return List.of();
    }
    if (only.isEmpty()) {
      return index.of(tenant).overlapping(range);
    }
    return index.named(tenant, only);
  }
}
