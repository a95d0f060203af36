package io.foursight.querier.logs;

import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsUnions;
import io.foursight.model.logs.MergingLogsCursor;
import io.foursight.model.logs.StreamVolume;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querier.replication.StoreGateways.Halves;
import io.foursight.querier.replication.StoreGateways.Read;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;

/// Historic logs from the store-gateways of a ring, each block once. Blocks as ingesters cut them
/// exist once for each replica, so what they sum up to is divided by that number; merged blocks
/// have each entry once. Safe from any thread.
public final class ShardedLogsBlocks implements LogsSource {
  private final StoreGateways<LogsSource> gateways;
  private final IntSupplier replicas;

  /// @param replicas ingesters that an entry is written to
  public ShardedLogsBlocks(StoreGateways<LogsSource> gateways, IntSupplier replicas) {
    this.gateways = gateways;
    this.replicas = replicas;
  }

  private static <R> Read<LogsSource, R> read(
      LogsSelect select, Function<LogsSource, R> question, Consumer<R> discard) {
    return new Read<>(
        select.tenant(),
        new TimeRange(
            Math.floorDiv(select.startNanos(), 1_000_000L),
            Math.floorDiv(select.endNanos() - 1, 1_000_000L)),
        select.budget(),
        block -> !select.withoutBlocks().contains(block.id()),
        question,
        discard);
  }

  private <R> List<R> parts(LogsSelect select, Function<LogsSource, R> question) {
    return gateways.read(read(select, question, unused -> {})).parts();
  }

  private <R> Halves<R> halves(LogsSelect select, Function<LogsSource, R> question) {
    return gateways.readHalves(read(select, question, unused -> {}));
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    List<LogsCursor> parts =
        gateways.read(read(select, source -> source.select(select), LogsCursor::close)).parts();
    // Blocks of two gateways may have the same entry where they meet in time.
    return parts.isEmpty()
        ? LogsCursor.empty()
        : MergingLogsCursor.of(parts, select.direction(), true);
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return LogsUnions.series(parts(select, source -> source.series(select)));
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return LogsUnions.texts(parts(select, source -> source.labelNames(select)));
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return LogsUnions.texts(parts(select, source -> source.labelValues(label, select)));
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    Halves<LogsStats> halves = halves(select, source -> source.stats(select));
    return LogsShares.of(LogsUnions.stats(halves.cut()), replicas.getAsInt())
        .plus(LogsUnions.stats(halves.merged()));
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    Halves<List<StreamVolume>> halves = halves(select, source -> source.volumes(select, stepNanos));
    return LogsUnions.volumes(
        List.of(
            LogsShares.volumes(LogsUnions.volumes(halves.cut()), replicas.getAsInt()),
            LogsUnions.volumes(halves.merged())));
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    Halves<List<LogsPattern>> halves =
        halves(select, source -> source.patterns(select, stepNanos, limit));
    return LogsUnions.patterns(
        List.of(
            LogsShares.patterns(LogsUnions.patterns(halves.cut(), limit), replicas.getAsInt()),
            LogsUnions.patterns(halves.merged(), limit)),
        limit);
  }
}
