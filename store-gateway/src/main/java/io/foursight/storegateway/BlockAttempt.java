package io.foursight.storegateway;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One selection and what it has been through: which corrupt blocks it leaves out, how often it
/// began again because a block was gone. Owned by one thread.
///
/// @param <R> the signal's reader of a block
public final class BlockAttempt<R> {
  private static final Logger LOG = LoggerFactory.getLogger(BlockAttempt.class);

  private final BlockIndex<R> index;
  private final StoreGatewayConfig config;
  private final StoreGatewayMetrics metrics;
  private final TenantId tenant;
  private final Set<String> skipped = new HashSet<>();
  private int retries;

  BlockAttempt(
      BlockIndex<R> index,
      StoreGatewayConfig config,
      StoreGatewayMetrics metrics,
      TenantId tenant) {
    this.index = index;
    this.config = config;
    this.metrics = metrics;
    this.tenant = tenant;
  }

  public TenantId tenant() {
    return tenant;
  }

  /// Without those that are skipped; counts the rest as looked into.
  public List<OpenBlock<R>> kept(List<OpenBlock<R>> chosen) {
    List<OpenBlock<R>> blocks =
        chosen.stream().filter(b -> !skipped.contains(b.meta().id())).toList();
    metrics.blocksQueried.increment(blocks.size());
    return blocks;
  }

  /// Repeats a read for as long as its failures can be recovered from.
  public <T> T run(Supplier<T> read) {
    while (true) {
      try {
        return read.get();
      } catch (BlockFailure e) {
        recover(e);
      }
    }
  }

  /// Makes another try worthwhile, or throws: a corrupt block is skipped if that is the
  /// configuration; after a block that is gone the list is read again.
  public void recover(BlockFailure failure) {
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
