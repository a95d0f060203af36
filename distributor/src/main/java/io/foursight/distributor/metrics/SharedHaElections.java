package io.foursight.distributor.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Elections that all distributors of a cluster share: each HA cluster is an entry of a ring of its
/// own, with `tenant/cluster` as id, the elected replica as address, the number of the election as
/// incarnation. It travels and merges as every ring does, and is to be seen and given up on its
/// page. Silence is measured by when this process saw the entry change, so that clocks that differ
/// hurt nobody.
///
/// Two distributors that meet a new cluster in the same moment may elect different replicas; the
/// merge makes them agree within a gossip round, and until then both are accepted. So is every
/// replica while a store outside cannot be written: rather two copies than none. Safe from any
/// thread.
public final class SharedHaElections implements HaElections {
  /// The ring of elections.
  public static final RingName RING = new RingName("ha-tracker");

  private static final Logger log = LoggerFactory.getLogger(SharedHaElections.class);
  private static final Duration FORGET = Duration.ofDays(1);

  private final RingStore store;
  private final RingClient client;
  private final RingScheduler scheduler;
  private final Duration failover;
  private final Duration update;
  private final Set<String> refreshing = ConcurrentHashMap.newKeySet();
  private volatile boolean storeFails;

  /// @param client a started view of [#RING]
  public SharedHaElections(
      RingStore store,
      RingClient client,
      RingScheduler scheduler,
      Duration failoverTimeout,
      Duration updateTimeout) {
    this.store = store;
    this.client = client;
    this.scheduler = scheduler;
    this.failover = failoverTimeout;
    this.update = updateTimeout;
  }

  @Override
  public Verdict seen(TenantId tenant, String cluster, String replica, int maxClusters) {
    String prefix = tenant.value() + '/';
    String id = prefix + fit(cluster, InstanceDescriptor.MAX_TEXT - prefix.length());
    return seen(id, prefix, fit(replica, InstanceDescriptor.MAX_TEXT), maxClusters);
  }

  private Verdict seen(String id, String prefix, String replica, int maxClusters) {
    Optional<InstanceDescriptor> elected = present(store.read(RING), id);
    if (elected.isPresent()) {
      Duration silence = client.silence(id);
      if (elected.get().address().equals(replica)) {
        if (silence.compareTo(update) >= 0) {
          refresh(elected.get());
        }
        return Verdict.ACCEPT;
      }
      if (silence.compareTo(failover) <= 0) {
        return Verdict.DEDUPLICATE;
      }
    } else if (maxClusters > 0 && !hasRoom(prefix, maxClusters)) {
      return Verdict.TOO_MANY_CLUSTERS;
    }
    return elect(id, replica, elected);
  }

  /// Label values are any text; what a ring cannot carry is told apart by a hash.
  private static String fit(String text, int max) {
    if (text.length() <= max && text.chars().allMatch(c -> c >= ' ' && c != 127)) {
      return text;
    }
    long hash = 0;
    for (int i = 0; i < text.length(); i++) {
      hash = hash * 0x9e3779b97f4a7c15L + text.charAt(i) + 1;
    }
    int kept = Math.max(0, Math.min(text.length(), max - 17));
    return text.substring(0, kept).replaceAll("\\p{Cntrl}", "?")
        + '~'
        + HexFormat.of().toHexDigits(hash);
  }

  private static Optional<InstanceDescriptor> present(RingState state, String id) {
    return state.instance(id).filter(i -> !i.isLeft());
  }

  /// Behind the request's back: the election stands, only its age is old.
  private void refresh(InstanceDescriptor elected) {
    if (!refreshing.add(elected.id())) {
      return;
    }
    scheduler.after(
        Duration.ZERO,
        () -> {
          try {
            write(state ->
                present(state, elected.id())
                    .filter(now -> now.incarnation() == elected.incarnation())
                    .filter(now -> now.address().equals(elected.address()))
                    .map(now -> state.with(spoken(state, now)))
                    .orElse(state));
          } finally {
            refreshing.remove(elected.id());
          }
        });
  }

  private InstanceDescriptor spoken(RingState state, InstanceDescriptor entry) {
    Instant now = scheduler.now();
    return entry.withHeartbeat(now).withVersion(state.nextVersion(now.toEpochMilli()));
  }

  /// @param seen the election that is over; whoever has held another one meanwhile is right
  private Verdict elect(String id, String replica, Optional<InstanceDescriptor> seen) {
    Optional<RingState> after =
        write(state -> {
          Optional<InstanceDescriptor> now = present(state, id);
          return now.map(InstanceDescriptor::version).equals(seen.map(InstanceDescriptor::version))
              ? state.with(winner(state, id, replica))
              : state;
        });
    boolean won =
        after.isEmpty()
            || present(after.get(), id).filter(i -> i.address().equals(replica)).isPresent();
    if (won && after.isPresent() && seen.isPresent()) {
      log.info("HA replica took over cluster={} replica={}", id, replica);
    }
    return won ? Verdict.ACCEPT : Verdict.DEDUPLICATE;
  }

  private InstanceDescriptor winner(RingState state, String id, String replica) {
    Instant now = scheduler.now();
    long election = state.instance(id).map(i -> i.incarnation() + 1).orElse(1L);
    return new InstanceDescriptor(
        id,
        replica,
        "",
        InstanceState.ACTIVE,
        Tokens.NONE,
        now,
        now,
        false,
        Instant.EPOCH,
        "",
        election,
        state.nextVersion(now.toEpochMilli()));
  }

  /// Clusters that were silent for a day make room.
  private boolean hasRoom(String prefix, int maxClusters) {
    int clusters = 0;
    for (InstanceDescriptor entry : store.read(RING).present()) {
      if (!entry.id().startsWith(prefix)) {
        continue;
      }
      if (client.silence(entry.id()).compareTo(FORGET) > 0) {
        write(state ->
            present(state, entry.id())
                .filter(now -> now.version() == entry.version())
                .map(now -> state.forget(now.id(), scheduler.now().toEpochMilli()))
                .orElse(state));
      } else {
        clusters++;
      }
    }
    return clusters < maxClusters;
  }

  /// @return empty when the store does not answer
  private Optional<RingState> write(UnaryOperator<RingState> change) {
    try {
      RingState after = store.update(RING, change);
      storeFails = false;
      return Optional.of(after);
    } catch (FoursightException e) {
      if (e.kind() != ErrorKind.UNAVAILABLE) {
        throw e;
      }
      if (!storeFails) {
        storeFails = true;
        log.warn("HA elections cannot be held, all replicas are accepted: {}", e.getMessage());
      }
      return Optional.empty();
    }
  }
}
