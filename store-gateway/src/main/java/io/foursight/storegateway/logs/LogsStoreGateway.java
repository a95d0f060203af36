package io.foursight.storegateway.logs;

import io.foursight.config.TenantLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsUnions;
import io.foursight.model.logs.MergingLogsCursor;
import io.foursight.model.logs.StreamVolume;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.logs.block.v1.LogsBlockCache;
import io.foursight.storage.logs.block.v1.LogsBlockFormat;
import io.foursight.storage.logs.block.v1.LogsBlockReader;
import io.foursight.storegateway.BlockFiles;
import io.foursight.storegateway.BlockGateway;
import io.foursight.storegateway.OpenBlock;
import io.foursight.storegateway.StoreGatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// All logs blocks of all tenants as one Source, and the one who tells ingesters that a block is
/// read from.
///
/// A block that disappears under a cursor (hours after its list has changed) ends the query with
/// `UNAVAILABLE`. A corrupt block fails the query with `CORRUPT` and its name, unless it shall be
/// skipped. Entries older than every retention of the tenant are not read. Safe from any thread.
public final class LogsStoreGateway extends BlockGateway<LogsBlockReader>
    implements LogsSource, Blocks<LogsSource>, LogsLateWrites {
  private final TenantLimits<LogsStoreGatewayLimits> limits;
  private final Clock clock;
  private final Reads all = new Reads(Set.of());

  /// @param blocks the block store of the logs signal
  public LogsStoreGateway(
      BlockStore blocks,
      BlockFiles files,
      StoreGatewayConfig config,
      TenantLimits<LogsStoreGatewayLimits> limits,
      Clock clock,
      MeterRegistry meters) {
    super(Signal.LOGS, blocks, LogsBlockFormat.NAME, readers(files, config), config, meters);
    this.limits = limits;
    this.clock = clock;
  }

  private static OpenBlock.Readers<LogsBlockReader> readers(
      BlockFiles files, StoreGatewayConfig config) {
    var cache = new LogsBlockCache(config.indexCacheSize().bytes());
    return new OpenBlock.Readers<>() {
      @Override
      public LogsBlockReader open(TenantId tenant, BlockMeta meta) {
        return LogsBlockReader.open(meta, files.of(tenant, meta), cache);
      }

      @Override
      public void close(LogsBlockReader reader) {
        reader.close();
      }
    };
  }

  @Override
  public LogsSource only(List<String> blocks) {
    return blocks.isEmpty() ? all : new Reads(Set.copyOf(blocks));
  }

  /// Changes when a block appears whose data could not be read before.
  @Override
  public long version(TenantId tenant, TimeRange range) {
    return arrivals.version(tenant, range);
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    return all.select(select);
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return all.series(select);
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return all.labelNames(select);
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return all.labelValues(label, select);
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    return all.stats(select);
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return all.volumes(select, stepNanos);
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return all.patterns(select, stepNanos, limit);
  }

  /// Reads all blocks of a tenant, or some by name.
  private final class Reads implements LogsSource {
    private final Set<String> only;

    /// @param only ids of the blocks to read; empty = all
    Reads(Set<String> only) {
      this.only = only;
    }

    /// {@inheritDoc} Blocks are opened when their time comes.
    @Override
    public LogsCursor select(LogsSelect asked) {
      metrics.selects.increment();
      LogsSelect select = insideRetention(asked);
      List<OpenBlock<LogsBlockReader>> blocks = blocks(select);
      metrics.blocksQueried.increment(blocks.size());
      var cursors = new ArrayList<LogsCursor>(blocks.size());
      for (OpenBlock<LogsBlockReader> block : blocks) {
        cursors.add(new BlockCursor(block, select, failure -> skips(select.tenant(), failure)));
      }
      return cursors.isEmpty()
          ? LogsCursor.empty()
          : MergingLogsCursor.of(
              cursors, select.direction(), new BlockRepeats(blocks, select)::spans);
    }

    private List<OpenBlock<LogsBlockReader>> blocks(LogsSelect select) {
      if (select.startNanos() >= select.endNanos()) {
        return List.of();
      }
      var range =
          new TimeRange(
              Math.floorDiv(select.startNanos(), 1_000_000L),
              Math.floorDiv(select.endNanos() - 1, 1_000_000L));
      List<OpenBlock<LogsBlockReader>> chosen =
          only.isEmpty()
              ? index.of(select.tenant()).overlapping(range)
              : index.named(select.tenant(), only);
      return chosen.stream().filter(b -> !select.withoutBlocks().contains(b.meta().id())).toList();
    }

    @Override
    public List<Labels> series(LogsSelect select) {
      return LogsUnions.series(each(select, reader -> reader.series(insideRetention(select))));
    }

    @Override
    public List<String> labelNames(LogsSelect select) {
      return LogsUnions.texts(each(select, reader -> reader.labelNames(insideRetention(select))));
    }

    @Override
    public List<String> labelValues(String label, LogsSelect select) {
      return LogsUnions.texts(
          each(select, reader -> reader.labelValues(label, insideRetention(select))));
    }

    @Override
    public LogsStats stats(LogsSelect select) {
      return LogsUnions.stats(each(select, reader -> reader.stats(insideRetention(select))));
    }

    @Override
    public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
      // Buckets count from the start that was asked for.
      return LogsUnions.volumes(each(select, reader -> reader.volumes(select, stepNanos)));
    }

    @Override
    public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
      return LogsUnions.patterns(
          each(select, reader -> reader.patterns(select, stepNanos, limit)), limit);
    }

    /// What every block in the range answers.
    private <T> List<T> each(LogsSelect select, Function<LogsBlockReader, T> read) {
      return LogsStoreGateway.this.each(
          select.tenant(), select.budget(), () -> blocks(insideRetention(select)), read);
    }
  }

  private LogsSelect insideRetention(LogsSelect select) {
    Duration retention = limits.of(select.tenant()).longest();
    if (retention.isZero() || retention.isNegative()) {
      return select;
    }
    long oldest = (clock.millis() - retention.toMillis()) * 1_000_000;
    if (select.startNanos() >= oldest) {
      return select;
    }
    return new LogsSelect(
        select.tenant(),
        oldest,
        select.endNanos(),
        select.matchers(),
        select.lineFilters(),
        select.fields(),
        select.columns(),
        select.direction(),
        select.limit(),
        select.withoutBlocks(),
        select.budget());
  }
}
