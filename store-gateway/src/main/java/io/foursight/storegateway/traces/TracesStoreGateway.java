package io.foursight.storegateway.traces;

import io.foursight.config.TenantLimits;
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
import java.util.function.Function;
import java.util.function.Predicate;

/// All traces blocks of all tenants as one Source, and the one who tells ingesters that a block is
/// read from.
///
/// A trace asked for by its id is looked for in all blocks of the tenant whatever their time, of
/// which nearly all say from memory that they do not have it. A block that disappears under a
/// cursor ends the query with `UNAVAILABLE`; a corrupt one with `CORRUPT` and its name, unless it
/// shall be skipped. Spans older than the tenant's retention are not searched. Safe from any
/// thread.
public final class TracesStoreGateway extends BlockGateway<TracesBlockReader>
    implements TracesSource {
  private static final long NANOS = 1_000_000;

  private final TenantLimits<TracesStoreGatewayLimits> limits;
  private final Clock clock;

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

  // ---- which blocks ----

  /// Blocks that may have what is asked for: by time, or by ids at any time.
  private List<OpenBlock<TracesBlockReader>> blocks(TracesSelect select) {
    return select.ids().isEmpty()
        ? inRange(
            select.tenant(),
            select.startNanos(),
            select.endNanos(),
            select.withoutBlocks()::contains)
        : all(select.tenant()).stream()
            .filter(b -> !select.withoutBlocks().contains(b.meta().id()))
            .toList();
  }

  private List<OpenBlock<TracesBlockReader>> all(TenantId tenant) {
    return index.of(tenant).overlapping(TimeRange.ALL);
  }

  private List<OpenBlock<TracesBlockReader>> inRange(
      TenantId tenant, long startNanos, long endNanos, Predicate<String> without) {
    if (startNanos >= endNanos) {
      return List.of();
    }
    var range = new TimeRange(Math.floorDiv(startNanos, NANOS), Math.floorDiv(endNanos - 1, NANOS));
    return index.of(tenant).overlapping(range).stream()
        .filter(b -> !without.test(b.meta().id()))
        .toList();
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

  private <T> List<T> each(TracesSelect select, Function<TracesBlockReader, T> read) {
    metrics.selects.increment();
    return each(select.tenant(), select.budget(), () -> blocks(select), read);
  }

  // ---- reading ----

  @Override
  public TracesCursor select(TracesSelect asked) {
    metrics.selects.increment();
    TracesSelect select = insideRetention(asked);
    List<OpenBlock<TracesBlockReader>> blocks = blocks(select);
    var cursors = new ArrayList<TracesCursor>();
    for (OpenBlock<TracesBlockReader> block : blocks) {
      TracesSelect own = select;
      if (!select.ids().isEmpty()) {
        List<TraceId> ids = idsIn(block, select);
        if (ids.isEmpty()) {
          continue;
        }
        own = ids.size() == select.ids().size() ? select : only(select, ids);
      }
      metrics.blocksQueried.increment();
      cursors.add(new BlockCursor(block, own, failure -> skips(select.tenant(), failure)));
    }
    return MergingTracesCursor.of(cursors);
  }

  private List<TraceId> idsIn(OpenBlock<TracesBlockReader> block, TracesSelect select) {
    return attempt(select.tenant())
        .run(() -> block.ask(reader -> select.ids().stream().filter(reader::mayHave).toList()));
  }

  private static TracesSelect only(TracesSelect select, List<TraceId> ids) {
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

  @Override
  public TraceCandidates candidates(TracesSelect asked, int limit) {
    TracesSelect select = insideRetention(byTime(asked));
    return TracesUnions.candidates(each(select, r -> r.candidates(select, limit)), limit);
  }

  /// Ids do not count.
  private static TracesSelect byTime(TracesSelect select) {
    return select.ids().isEmpty() ? select : only(select, List.of());
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
        each(
            tenant,
            budget,
            () ->
                startNanos < endNanos
                    ? inRange(tenant, startNanos, endNanos, block -> false)
                    : all(tenant),
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
}
