package io.foursight.storegateway.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.profiles.block.v1.ProfilesBlockCache;
import io.foursight.storage.profiles.block.v1.ProfilesBlockFormat;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesMerge;
import io.foursight.storegateway.BlockAttempt;
import io.foursight.storegateway.BlockFailure;
import io.foursight.storegateway.BlockFiles;
import io.foursight.storegateway.BlockGateway;
import io.foursight.storegateway.OpenBlock;
import io.foursight.storegateway.StoreGatewayConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// All profiles blocks of all tenants as one Source, and the one who tells ingesters that a block
/// is read from.
///
/// A selection that finds a block gone begins again; a corrupt one ends it with `CORRUPT` and its
/// name, unless it shall be skipped. Profiles older than the tenant's retention are not read. The
/// adding up of merges is done by a thread for each processor. Safe from any thread.
public final class ProfilesStoreGateway extends BlockGateway<ProfilesBlockReader>
    implements ProfilesSource, Blocks<ProfilesSource> {
  private static final long NANOS = 1_000_000;
  private static final long IDLE_SECONDS = 10;

  private final TenantLimits<ProfilesStoreGatewayLimits> limits;
  private final Clock clock;
  private final int lanes = Runtime.getRuntime().availableProcessors();
  private final ExecutorService workers;
  private final Reads all = new Reads(Set.of());

  /// @param blocks the block store of the profiles signal
  public ProfilesStoreGateway(
      BlockStore blocks,
      BlockFiles files,
      StoreGatewayConfig config,
      TenantLimits<ProfilesStoreGatewayLimits> limits,
      Clock clock,
      MeterRegistry meters) {
    super(
        Signal.PROFILES, blocks, ProfilesBlockFormat.NAME, readers(files, config), config, meters);
    this.limits = limits;
    this.clock = clock;
    var pool =
        new ThreadPoolExecutor(
            lanes,
            lanes,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("profiles-merge-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    this.workers = pool;
  }

  private static OpenBlock.Readers<ProfilesBlockReader> readers(
      BlockFiles files, StoreGatewayConfig config) {
    var cache = new ProfilesBlockCache(config.indexCacheSize().bytes());
    return new OpenBlock.Readers<>() {
      @Override
      public ProfilesBlockReader open(TenantId tenant, BlockMeta meta) {
        return ProfilesBlockReader.open(meta, files.of(tenant, meta), cache);
      }

      @Override
      public void close(ProfilesBlockReader reader) {
        reader.close();
      }
    };
  }

  @Override
  public ProfilesSource only(List<String> blocks) {
    return blocks.isEmpty() ? all : new Reads(Set.copyOf(blocks));
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    return all.merge(select);
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    all.rows(select, bySpan, each);
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return all.series(select);
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    return all.labelNames(select);
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    return all.labelValues(label, select);
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    return all.stats(select);
  }

  private ProfilesSelect insideRetention(ProfilesSelect select) {
    Duration retention = limits.of(select.tenant()).profilesRetentionPeriod();
    if (retention.isZero() || retention.isNegative()) {
      return select;
    }
    long oldest = (clock.millis() - retention.toMillis()) * NANOS;
    if (select.startNanos() >= oldest) {
      return select;
    }
    return new ProfilesSelect(
        select.tenant(),
        oldest,
        Math.max(oldest, select.endNanos()),
        select.matchers(),
        select.ids(),
        select.samples(),
        select.withoutBlocks(),
        select.budget());
  }

  /// Reads all blocks of a tenant, or some by name.
  private final class Reads implements ProfilesSource {
    private final Set<String> only;

    /// @param only ids of the blocks to read; empty = all
    Reads(Set<String> only) {
      this.only = only;
    }

    private List<OpenBlock<ProfilesBlockReader>> blocks(ProfilesSelect select) {
      if (select.startNanos() >= select.endNanos()) {
        return List.of();
      }
      var range =
          new TimeRange(
              Math.floorDiv(select.startNanos(), NANOS),
              Math.floorDiv(select.endNanos() - 1, NANOS));
      List<OpenBlock<ProfilesBlockReader>> chosen =
          only.isEmpty()
              ? index.of(select.tenant()).overlapping(range)
              : index.named(select.tenant(), only);
      return chosen.stream().filter(b -> !select.withoutBlocks().contains(b.meta().id())).toList();
    }

    @Override
    public MergedStacks merge(ProfilesSelect asked) {
      metrics.selects.increment();
      ProfilesSelect select = insideRetention(asked);
      BlockAttempt<ProfilesBlockReader> attempt = attempt(select.tenant());
      return attempt.run(() -> merge(select, attempt.kept(blocks(select))));
    }

    /// The blocks stay open from the first look to the last.
    private MergedStacks merge(ProfilesSelect select, List<OpenBlock<ProfilesBlockReader>> blocks) {
      var held = new ArrayList<OpenBlock<ProfilesBlockReader>>();
      try (var merge = new ProfilesMerge(select, Optional.of(workers), lanes)) {
        var readers = new ArrayList<ProfilesBlockReader>();
        for (OpenBlock<ProfilesBlockReader> block : blocks) {
          ProfilesBlockReader reader =
              BlockFailure.naming(select.tenant(), block.meta().id(), block::acquire);
          held.add(block);
          readers.add(reader);
          merge.plan(reader);
        }
        for (ProfilesBlockReader reader : readers) {
          select.budget().check();
          BlockFailure.naming(
              select.tenant(),
              reader.meta().id(),
              () -> {
                merge.read(reader);
                return reader;
              });
        }
        return merge.result();
      } finally {
        held.forEach(OpenBlock::release);
      }
    }

    @Override
    public void rows(ProfilesSelect asked, boolean bySpan, Consumer<ProfileRows> each) {
      metrics.selects.increment();
      ProfilesSelect select = insideRetention(asked);
      BlockAttempt<ProfilesBlockReader> attempt = attempt(select.tenant());
      try (ProfileRowsUnion union =
          attempt.run(() -> rows(select, bySpan, attempt.kept(blocks(select))))) {
        union.forEach(each);
      }
    }

    private ProfileRowsUnion rows(
        ProfilesSelect select, boolean bySpan, List<OpenBlock<ProfilesBlockReader>> blocks) {
      var union = new ProfileRowsUnion(bySpan, select.budget());
      try {
        for (OpenBlock<ProfilesBlockReader> block : blocks) {
          select.budget().check();
          block.ask(reader -> {
            reader.rows(select, bySpan, union);
            return union;
          });
        }
        return union;
      } catch (RuntimeException e) {
        union.close();
        throw e;
      }
    }

    @Override
    public List<Labels> series(ProfilesSelect asked) {
      ProfilesSelect select = insideRetention(asked);
      var union = new TreeSet<Labels>();
      each(select, reader -> reader.series(select)).forEach(union::addAll);
      return List.copyOf(union);
    }

    @Override
    public List<String> labelNames(ProfilesSelect asked) {
      ProfilesSelect select = insideRetention(asked);
      return texts(each(select, reader -> reader.labelNames(select)));
    }

    @Override
    public List<String> labelValues(String label, ProfilesSelect asked) {
      ProfilesSelect select = insideRetention(asked);
      return texts(each(select, reader -> reader.labelValues(label, select)));
    }

    private static List<String> texts(List<List<String>> answers) {
      var union = new TreeSet<String>(Labels::compareText);
      answers.forEach(union::addAll);
      return List.copyOf(union);
    }

    /// Series are those of all blocks together; the other numbers are sums.
    @Override
    public ProfilesStats stats(ProfilesSelect asked) {
      ProfilesSelect select = insideRetention(asked);
      ProfilesStats sum = ProfilesStats.NONE;
      for (ProfilesStats own : each(select, reader -> reader.stats(select))) {
        sum = sum.plus(own);
      }
      return sum.profiles() == 0
          ? sum
          : new ProfilesStats(
              sum.profiles(),
              series(select).size(),
              sum.samples(),
              sum.bytes(),
              sum.oldestNanos(),
              sum.newestNanos());
    }

    /// What every block in the range answers.
    private <T> List<T> each(ProfilesSelect select, Function<ProfilesBlockReader, T> read) {
      metrics.selects.increment();
      return ProfilesStoreGateway.this.each(
          select.tenant(), select.budget(), () -> blocks(select), read);
    }
  }
}
