package io.foursight.storegateway.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
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
import io.foursight.storegateway.StoreGatewayConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all blocks of a tenant, or some by name. What lies before the tenant's retention is not
/// read. Safe from any thread.
final class BlockReads implements MetricsSource {
  private static final Logger LOG = LoggerFactory.getLogger(BlockReads.class);

  private final BlockIndex index;
  private final StoreGatewayConfig config;
  private final TenantLimits<MetricsStoreGatewayLimits> limits;
  private final Clock clock;
  private final MetricsStoreGatewayMetrics metrics;
  private final Set<String> only;

  /// @param only ids of the blocks to read; empty = all
  BlockReads(
      BlockIndex index,
      StoreGatewayConfig config,
      TenantLimits<MetricsStoreGatewayLimits> limits,
      Clock clock,
      MetricsStoreGatewayMetrics metrics,
      Set<String> only) {
    this.index = index;
    this.config = config;
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
      List<OpenBlock> blocks = index.of(kept.tenant()).overlapping(kept.range());
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

  private List<SeriesCursor> stretches(MetricsSelect select, OpenBlock block, int parts) {
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
              var attempt = new Attempt(select.tenant());
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
    return resuming(kept, new Attempt(kept.tenant()), read);
  }

  private SeriesCursor resuming(
      MetricsSelect kept,
      Attempt attempt,
      BiFunction<MetricsBlockReader, MetricsSelect, SeriesCursor> read) {
    return new ResumingCursor(
        () -> attempt.run(() -> openAll(kept, attempt, read)), attempt::recover);
  }

  private SeriesCursor openAll(
      MetricsSelect select,
      Attempt attempt,
      BiFunction<MetricsBlockReader, MetricsSelect, SeriesCursor> read) {
    var cursors = new ArrayList<SeriesCursor>();
    try {
      for (OpenBlock block : attempt.blocks(select.range())) {
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
      OpenBlock block,
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
    var attempt = new Attempt(select.tenant());
    return attempt.run(() -> {
      var answers = new ArrayList<T>();
      for (OpenBlock block : attempt.blocks(range)) {
        select.budget().check();
        answers.add(
            BlockFailure.naming(
                select.tenant(),
                block.meta().id(),
                () -> {
                  MetricsBlockReader reader = block.acquire();
                  try {
                    return read.apply(reader);
                  } finally {
                    block.release();
                  }
                }));
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

  /// One selection and what it has been through: which blocks it leaves out, how often it began.
  private final class Attempt {
    private final TenantId tenant;
    private final Set<String> skipped = new HashSet<>();
    private int retries;

    Attempt(TenantId tenant) {
      this.tenant = tenant;
    }

    List<OpenBlock> blocks(TimeRange range) {
      if (range.isEmpty()) {
        return List.of();
      }
      List<OpenBlock> blocks =
          chosen(range).stream().filter(b -> !skipped.contains(b.meta().id())).toList();
      metrics.blocksQueried.increment(blocks.size());
      return blocks;
    }

    private List<OpenBlock> chosen(TimeRange range) {
      if (only.isEmpty()) {
        return index.of(tenant).overlapping(range);
      }
      List<OpenBlock> found = index.of(tenant).named(only);
      if (found.size() < only.size()) {
        found = index.refresh(tenant).named(only);
      }
      if (found.size() < only.size()) {
        var missing = new TreeSet<>(only);
        found.forEach(b -> missing.remove(b.meta().id()));
        throw new FoursightException(
            ErrorKind.NOT_FOUND,
            "blocks " + missing + " of tenant " + tenant + " are gone, merged or deleted");
      }
      return found;
    }

    <T> T run(Supplier<T> read) {
      while (true) {
        try {
          return read.get();
        } catch (BlockFailure e) {
          recover(e);
        }
      }
    }

    /// Makes another try worthwhile, or throws.
    void recover(BlockFailure failure) {
      if (failure.isCorrupt()) {
        metrics.corruptBlocks.increment();
        if (!config.skipCorruptBlocks() || !skipped.add(failure.blockId())) {
          throw failure;
        }
        LOG.warn("skipping a corrupt block: {}", failure.getMessage());
        return;
      }
      if (++retries > config.maxRetries()) {
        throw new FoursightException(
            ErrorKind.UNAVAILABLE,
            failure.getMessage() + " (gave up after " + config.maxRetries() + " retries)",
            failure);
      }
      metrics.retries.increment();
      index.refresh(tenant);
    }
  }
}
