package io.foursight.storegateway.traces;

import io.foursight.config.TenantLimits;
import io.foursight.model.Blocks;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.traces.MergingTracesCursor;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.model.traces.TracesUnions;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.traces.block.v1.TracesBlockCache;
import io.foursight.storage.traces.block.v1.TracesBlockFormat;
import io.foursight.storage.traces.block.v1.TracesBlockReader;
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

/// All traces blocks of all tenants as one Source, and the one who tells ingesters that a block is
/// read from.
///
/// A trace asked for by its id is looked for in all blocks of the tenant whatever their time, of
/// which nearly all say from memory that they do not have it. A block that disappears under a
/// cursor ends the query with `UNAVAILABLE`; a corrupt one with `CORRUPT` and its name, unless it
/// shall be skipped. Spans older than the tenant's retention are not searched. Safe from any
/// thread.
public final class TracesStoreGateway extends BlockGateway<TracesBlockReader>
    implements TracesSource, Blocks<TracesSource> {
  private static final long NANOS = 1_000_000;

  private final TenantLimits<TracesStoreGatewayLimits> limits;
  private final Clock clock;
  private final Reads all = new Reads(Set.of());

  /// @param blocks the block store of the traces signal
  public TracesStoreGateway(
      BlockStore blocks,
      BlockFiles files,
      StoreGatewayConfig config,
      TenantLimits<TracesStoreGatewayLimits> limits,
      Clock clock,
      MeterRegistry meters) {
    super(Signal.TRACES, blocks, TracesBlockFormat.NAME, readers(files, config), config, meters);
    this.limits = limits;
    this.clock = clock;
  }

  private static OpenBlock.Readers<TracesBlockReader> readers(
      BlockFiles files, StoreGatewayConfig config) {
    var cache = new TracesBlockCache(config.indexCacheSize().bytes());
    return new OpenBlock.Readers<>() {
      @Override
      public TracesBlockReader open(TenantId tenant, BlockMeta meta) {
        return TracesBlockReader.open(meta, files.of(tenant, meta), cache);
      }

      @Override
      public void close(TracesBlockReader reader) {
        reader.close();
      }
    };
  }

  @Override
  public TracesSource only(List<String> blocks) {
    return blocks.isEmpty() ? all : new Reads(Set.copyOf(blocks));
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    return all.select(select);
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return all.candidates(select, limit);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    return all.trace(tenant, id, startNanos, endNanos, maxBytes, budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return all.tagNames(select);
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return all.tagValues(field, select, limit);
  }

  /// Reads all blocks of a tenant, or some by name.
  private final class Reads implements TracesSource {
    private final Set<String> only;

    /// @param only ids of the blocks to read; empty = all
    Reads(Set<String> only) {
      this.only = only;
    }

    /// {@inheritDoc} Blocks are opened when their time comes.
    @Override
    public TracesCursor select(TracesSelect asked) {
      metrics.selects.increment();
      TracesSelect select = insideRetention(asked);
      var cursors = new ArrayList<TracesCursor>();
      for (OpenBlock<TracesBlockReader> block : blocks(select)) {
        TracesSelect own = select;
        if (!select.ids().isEmpty()) {
          List<TraceId> ids = idsIn(block, select);
          if (ids.isEmpty()) {
            continue;
          }
          own = ids.size() == select.ids().size() ? select : withIds(select, ids);
        }
        metrics.blocksQueried.increment();
        cursors.add(new BlockCursor(block, own, failure -> skips(select.tenant(), failure)));
      }
      return MergingTracesCursor.of(cursors);
    }

    /// Blocks that may have what is asked for: by time, or by ids at any time.
    private List<OpenBlock<TracesBlockReader>> blocks(TracesSelect select) {
      List<OpenBlock<TracesBlockReader>> chosen =
          select.ids().isEmpty()
              ? inRange(select.tenant(), select.startNanos(), select.endNanos())
              : atAnyTime(select.tenant());
      return chosen.stream().filter(b -> !select.withoutBlocks().contains(b.meta().id())).toList();
    }

    private List<OpenBlock<TracesBlockReader>> atAnyTime(TenantId tenant) {
      return only.isEmpty()
          ? index.of(tenant).overlapping(TimeRange.ALL)
          : index.named(tenant, only);
    }

    private List<OpenBlock<TracesBlockReader>> inRange(
        TenantId tenant, long startNanos, long endNanos) {
      if (startNanos >= endNanos) {
        return List.of();
      }
      if (!only.isEmpty()) {
        return index.named(tenant, only);
      }
      return index
          .of(tenant)
          .overlapping(
              new TimeRange(Math.floorDiv(startNanos, NANOS), Math.floorDiv(endNanos - 1, NANOS)));
    }

    private List<TraceId> idsIn(OpenBlock<TracesBlockReader> block, TracesSelect select) {
      return attempt(select.tenant())
          .run(() -> block.ask(reader -> select.ids().stream().filter(reader::mayHave).toList()));
    }

    @Override
    public TraceCandidates candidates(TracesSelect asked, int limit) {
      TracesSelect select = insideRetention(byTime(asked));
      return TracesUnions.candidates(each(select, r -> r.candidates(select, limit)), limit);
    }

    @Override
    public TracePieces trace(
        TenantId tenant,
        TraceId id,
        long startNanos,
        long endNanos,
        long maxBytes,
        QueryBudget budget) {
      metrics.selects.increment();
      List<TracePieces> found =
          TracesStoreGateway.this.each(
              tenant,
              budget,
              () ->
                  startNanos < endNanos ? inRange(tenant, startNanos, endNanos) : atAnyTime(tenant),
              reader -> reader.mayHave(id) ? reader.trace(id, maxBytes, budget) : TracePieces.NONE);
      var pieces = new ArrayList<byte[]>();
      var scanned = TracesStats.NONE;
      boolean truncated = false;
      long bytes = 0;
      for (TracePieces one : found) {
        truncated |= one.truncated();
        scanned = scanned.plus(one.scanned());
        for (byte[] piece : one.pieces()) {
          if (maxBytes > 0 && bytes >= maxBytes) {
            truncated = true;
            break;
          }
          pieces.add(piece);
          bytes += piece.length;
        }
      }
      return new TracePieces(pieces, truncated, scanned);
    }

    @Override
    public List<TracesTags> tagNames(TracesSelect asked) {
      TracesSelect select = insideRetention(byTime(asked));
      return TracesUnions.tagNames(each(select, reader -> reader.tagNames(select)));
    }

    @Override
    public List<SpanValue> tagValues(SpanField field, TracesSelect asked, int limit) {
      TracesSelect select = insideRetention(byTime(asked));
      return TracesUnions.tagValues(
          each(select, reader -> reader.tagValues(field, select, limit)), limit);
    }

    private <T> List<T> each(TracesSelect select, Function<TracesBlockReader, T> read) {
      metrics.selects.increment();
      return TracesStoreGateway.this.each(
          select.tenant(), select.budget(), () -> blocks(select), read);
    }
  }

  private TracesSelect insideRetention(TracesSelect select) {
    Duration retention = limits.of(select.tenant()).blockRetention();
    if (retention.isZero() || retention.isNegative()) {
      return select;
    }
    long oldest = (clock.millis() - retention.toMillis()) * NANOS;
    return select.startNanos() >= oldest
        ? select
        : select.range(oldest, Math.max(oldest, select.endNanos()));
  }

  /// Ids do not count.
  private static TracesSelect byTime(TracesSelect select) {
    return select.ids().isEmpty() ? select : withIds(select, List.of());
  }

  private static TracesSelect withIds(TracesSelect select, List<TraceId> ids) {
    return new TracesSelect(
        select.tenant(),
        select.startNanos(),
        select.endNanos(),
        ids,
        select.filter(),
        select.wholeTraces(),
        select.fields(),
        select.withoutBlocks(),
        select.budget());
  }
}
