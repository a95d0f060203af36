package io.foursight.querier.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Blocks;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.ReplicationLimits;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Copies of replicas, in heads and in blocks, are counted once; what is away is not missed, or the
/// read fails.
@Timeout(60)
class ReplicatedProfilesTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final QueryBudget BUDGET = new QueryBudget(1 << 30, 0, Deadline.NONE);
  private static final List<String> IDS = List.of("a", "b", "c");

  private final long seed = Long.getLong("profiles.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<String, MemoryProfilesSource> heads = new TreeMap<>();
  private final Map<String, MemoryProfilesSource> blocks = new LinkedHashMap<>();
  private final Set<String> gone = new HashSet<>();
  private MemoryProfilesSource one = new MemoryProfilesSource();

  private static RingView ring(RingName name, int factor, List<String> ids) {
    var all = new ArrayList<InstanceDescriptor>();
    var tokens = new Random(7);
    for (String id : ids) {
      all.add(
          new InstanceDescriptor(
              id,
              "host:" + id,
              "",
              InstanceState.ACTIVE,
              Tokens.of(tokens.ints(64).distinct().sorted().toArray()),
              Instant.EPOCH,
              Instant.EPOCH,
              false,
              Instant.EPOCH,
              "",
              1,
              1));
    }
    return RingView.fixed(name, Ring.of(all, Set.of(), new RingRules(factor, false)));
  }

  private ProfilesSource head(InstanceDescriptor instance) {
    if (gone.contains(instance.id())) {
      throw FoursightException.unavailable(instance.id() + " is gone");
    }
    return heads.get(instance.id());
  }

  /// Every gateway reads every block.
  private Blocks<ProfilesSource> gateway(InstanceDescriptor instance) {
    if (gone.contains(instance.id())) {
      throw FoursightException.unavailable(instance.id() + " is gone");
    }
    return new Blocks<>() {
      @Override
      public List<Planned> plan(TenantId tenant, TimeRange range, boolean fresh) {
        return blocks.keySet().stream().map(id -> new Planned(id, range, 1)).toList();
      }

      @Override
      public ProfilesSource only(List<String> ids) {
        // A gateway tells copies in its own blocks apart.
        return ids.stream()
            .map(id -> (ProfilesSource) blocks.get(id))
            .reduce(ProfilesFanIn::new)
            .orElseThrow();
      }
    };
  }

  private ProfilesFanIn source() {
    var limits = ReplicationLimits.defaults();
    return new ProfilesFanIn(
        new ReplicatedProfilesSource(
            new Ingesters<>(
                ring(RingName.INGESTER, 3, IDS), this::head, tenant -> limits, Clock.systemUTC())),
        new ShardedProfilesBlocks(
            new StoreGateways<>(
                ring(RingName.STORE_GATEWAY, 1, List.of("g", "h")),
                this::gateway,
                tenant -> limits,
                gateway -> false),
            () -> 3));
  }

  /// Profiles of which some share their ids, as those of one file do.
  private ProfilesBatch batch(int profiles) {
    ProfilesBatch batch = new RandomProfiles(random).batch(profiles);
    for (int p = 0; p < profiles; p++) {
      batch.id(p, 1 + random.nextInt(3), p / 3);
    }
    return batch;
  }

  private static ProfilesBatch only(ProfilesBatch from, int p) {
    var batch = new ProfilesBatch(from.symbols());
    batch.beginProfile(from.labels(p), from.timeNanos(p), 0, 0, from.idHigh(p), from.idLow(p));
    for (int s = from.sampleStart(p); s < from.sampleEnd(p); s++) {
      batch.addSample(
          from.stack(s), from.value(s), from.spanId(s), from.traceHigh(s), from.traceLow(s));
    }
    return batch;
  }

  /// Each profile on two replicas of three at least, in a head or in a block that was cut from it;
  /// a block may be covered by its head still.
  private void spread(ProfilesBatch batch) {
    heads.clear();
    blocks.clear();
    one = new MemoryProfilesSource();
    for (String id : IDS) {
      heads.put(id, new MemoryProfilesSource());
      blocks.put("block-" + id, new MemoryProfilesSource());
    }
    String covering = List.of("a", "b", "c", "none").get(random.nextInt(4));
    for (int p = 0; p < batch.profiles(); p++) {
      ProfilesBatch profile = only(batch, p);
      one.add(TENANT, "", profile);
      int missing = random.nextInt(5);
      for (int i = 0; i < 3; i++) {
        if (i == missing) {
          continue;
        }
        String id = IDS.get(i);
        boolean cut = random.nextInt(3) == 0;
        if (cut) {
          blocks.get("block-" + id).add(TENANT, "block-" + id, profile);
        }
        if (!cut || id.equals(covering)) {
          heads.get(id).add(TENANT, "", profile);
        }
      }
    }
    if (!covering.equals("none")) {
      heads.get(covering).covered = Set.of("block-" + covering);
    }
  }

  private static ProfilesSelect select() {
    return new ProfilesSelect(TENANT, 0, RandomProfiles.RANGE_NANOS, List.of(), BUDGET);
  }

  private static Map<String, Long> sum(MergedStacks stacks) {
    var sums = new TreeMap<String, Long>();
    for (int stack = 0; stack < stacks.symbols().stacks(); stack++) {
      if (stacks.value(stack) != 0) {
        String name = String.join(";", MemoryProfilesSource.frames(stacks.symbols(), stack));
        sums.merge(name, stacks.value(stack), Long::sum);
      }
    }
    return sums;
  }

  private static Set<String> rows(ProfilesSource source, boolean bySpan) {
    var all = new TreeSet<String>();
    source.rows(
        select(),
        bySpan,
        rows -> {
          for (int i = 0; i < rows.rows(); i++) {
            String row =
                rows.labels()
                    + " "
                    + rows.timesNanos()[i]
                    + " "
                    + rows.idLows()[i]
                    + " "
                    + rows.values()[i]
                    + (bySpan ? " " + rows.spanIds()[i] : "");
            assertThat(all.add(row)).as(row).isTrue();
          }
        });
    return all;
  }

  private void same() {
    ProfilesFanIn many = source();
    assertThat(sum(many.merge(select()))).as("seed %d", seed).isEqualTo(sum(one.merge(select())));
    assertThat(rows(many, false)).as("seed %d", seed).isEqualTo(rows(one, false));
    assertThat(rows(many, true)).as("seed %d", seed).isEqualTo(rows(one, true));
    assertThat(many.series(select())).isEqualTo(one.series(select()));
    assertThat(many.labelNames(select())).isEqualTo(one.labelNames(select()));
    assertThat(many.labelValues("pod", select())).isEqualTo(one.labelValues("pod", select()));
    assertThat(BUDGET.memoryBytes()).as("memory is given back").isZero();
  }

  @Test
  void anySpreadOfCopies_isCountedAsOneSourceCounts() {
    for (int round = 0; round < 25; round++) {
      spread(batch(1 + random.nextInt(80)));
      same();
    }
  }

  @Test
  void anIngesterAndAGatewayThatAreAway_areNotMissed_andTwoIngestersAre() {
    ProfilesBatch batch = batch(50);
    for (String away : IDS) {
      spread(batch);
      heads.clear();
      for (String id : IDS) {
        heads.put(id, new MemoryProfilesSource());
        heads.get(id).add(TENANT, "", batch);
      }
      gone.clear();
      gone.addAll(List.of(away, "g"));
      same();
    }
    gone.addAll(List.of("a", "b"));
    assertThatThrownBy(() -> source().merge(select())).isInstanceOf(FoursightException.class);
    assertThatThrownBy(() -> rows(source(), false)).isInstanceOf(FoursightException.class);
  }

  @Test
  void anIngesterThatDiesBetweenItsCountAndItsSum_isReplacedByTheOthers() {
    ProfilesBatch batch = batch(40);
    one.add(TENANT, "", batch);
    for (String id : IDS) {
      heads.put(id, new MemoryProfilesSource());
      heads.get(id).add(TENANT, "", batch);
    }
    var reads = new int[1];
    heads.get("a").afterRead =
        () -> {
          if (reads[0]++ > 0) {
            throw FoursightException.unavailable("a died");
          }
        };
    var replicas =
        new ReplicatedProfilesSource(
            new Ingesters<>(
                ring(RingName.INGESTER, 3, IDS),
                this::head,
                tenant -> ReplicationLimits.defaults(),
                Clock.systemUTC()));
    assertThat(sum(replicas.merge(select()))).isEqualTo(sum(one.merge(select())));
    assertThat(reads[0]).isEqualTo(2);
    assertThat(BUDGET.memoryBytes()).isZero();
  }

  @Test
  void statsOfReplicas_areThoseOfOneCopy() {
    ProfilesBatch batch = batch(60);
    one.add(TENANT, "", batch);
    for (String id : IDS) {
      heads.put(id, new MemoryProfilesSource());
      heads.get(id).add(TENANT, "", batch);
    }
    blocks.put("empty", new MemoryProfilesSource());
    ProfilesStats stats = source().stats(select());
    assertThat(stats).isEqualTo(one.stats(select()));
    assertThat(one.series(select())).contains(batch.labels(0)).doesNotContain(Labels.EMPTY);
  }
}
