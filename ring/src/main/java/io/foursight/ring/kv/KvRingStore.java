package io.foursight.ring.kv;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.RingName;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.Subscription;
import io.foursight.ring.WatchedState;
import io.foursight.ring.gossip.RingCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A ring store over a key-value server. What was read last stays valid while the server is away;
/// changes then fail with `UNAVAILABLE`. One virtual thread per ring watches its key.
public final class KvRingStore implements RingStore {
  private static final Logger log = LoggerFactory.getLogger(KvRingStore.class);
  private static final Duration WATCH = Duration.ofSeconds(60);
  private static final Duration NEWS = Duration.ofSeconds(1);
  private static final Duration MIN_BACKOFF = Duration.ofMillis(200);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

  private record Place(WatchedState state, Thread watcher) {}

  private final Keys keys;
  private final int retries;
  private final Duration retention;
  private final KvMetrics metrics;
  private final Map<RingName, Place> places = new ConcurrentHashMap<>();
  private volatile boolean stopped;
  private volatile boolean started;

  /// @param retries of a conditional write that lost its race
  /// @param retention of tombstones
  public KvRingStore(Keys keys, int retries, Duration retention, KvMetrics metrics) {
    this.keys = keys;
    this.retries = retries;
    this.retention = retention;
    this.metrics = metrics;
  }

  @Override
  public void start() {
    started = true;
    places.values().forEach(this::startWatcher);
  }

  private Place place(RingName ring) {
    return places.computeIfAbsent(
        ring,
        name -> {
          var state = new WatchedState();
          Thread watcher =
              Thread.ofVirtual().name("ring-watch-" + name).unstarted(() -> follow(name, state));
          var place = new Place(state, watcher);
          if (started) {
            watcher.start();
          }
          return place;
        });
  }

  private void startWatcher(Place place) {
    if (place.watcher().getState() == Thread.State.NEW) {
      place.watcher().start();
    }
  }

  @Override
  public void stop(Deadline deadline) {
    stopped = true;
    places.values().forEach(p -> p.watcher().interrupt());
  }

  @Override
  public RingState read(RingName ring) {
    return place(ring).state().current();
  }

  @Override
  public Subscription watch(RingName ring, Consumer<RingState> listener) {
    return place(ring).state().watch(listener);
  }

  @Override
  public RingState update(RingName ring, UnaryOperator<RingState> change) {
    WatchedState place = place(ring).state();
    for (int attempt = 0; attempt <= retries; attempt++) {
      Keys.Versioned found = counted(() -> keys.get(ring.value()));
      // Known here but not there: the server lost its data, or got them back from a backup.
      RingState there = state(ring, found);
      RingState before = there.merge(place.current());
      RingState after = change.apply(before).withoutOldTombstones(retention.toMillis());
      if (after.equals(there)) {
        return place.update(s -> s.merge(after));
      }
      if (counted(() -> keys.putIf(ring.value(), found.version(), encode(ring, after)))) {
        metrics.written();
        return place.update(s -> s.merge(after));
      }
      metrics.lostRace();
      pause(keys.retryDelay());
    }
    throw new FoursightException(
        ErrorKind.UNAVAILABLE,
        "ring "
            + ring
            + " cannot be written: "
            + (retries + 1)
            + " conditional writes lost their race");
  }

  private <T> T counted(java.util.function.Supplier<T> request) {
    try {
      return request.get();
    } catch (FoursightException e) {
      metrics.failed();
      throw e;
    }
  }

  private static byte[] encode(RingName ring, RingState state) {
    return RingCodec.encode(new RingCodec.Message(RingCodec.Kind.NEWS, "", 0, Map.of(ring, state)));
  }

  /// @throws FoursightException `BAD_DATA` when the value is not ours or from a newer major
  ///   version; it is never overwritten then
  private RingState state(RingName ring, Keys.Versioned found) {
    if (found.value().isEmpty()) {
      return RingState.EMPTY;
    }
    try {
      RingCodec.Message message = RingCodec.decode(found.value().get());
      return message.rings().getOrDefault(ring, RingState.EMPTY);
    } catch (FoursightException e) {
      metrics.refused();
      throw new FoursightException(
          e.kind(), "key of ring " + ring + " in " + keys.describe() + ": " + e.getMessage(), e);
    }
  }

  /// A write is in the store when it returns, and those who watch hear of it soon; nobody says
  /// when.
  @Override
  public CompletableFuture<Boolean> spread() {
    return new CompletableFuture<Boolean>()
        .completeOnTimeout(true, NEWS.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void follow(RingName ring, WatchedState state) {
    long index = 0;
    Duration backoff = MIN_BACKOFF;
    boolean complained = false;
    while (!stopped) {
      try {
        Keys.Versioned found =
            index == 0 ? keys.get(ring.value()) : keys.await(ring.value(), index, WATCH);
        RingState news = state(ring, found);
        state.update(s -> s.merge(news).withoutOldTombstones(retention.toMillis()));
        index = Math.max(1, found.index());
        backoff = MIN_BACKOFF;
        complained = false;
      } catch (FoursightException e) {
        if (stopped) {
          return;
        }
        metrics.failed();
        if (!complained) {
          log.warn("ring cannot be watched, trying on ring={}: {}", ring, e.getMessage());
        }
        complained = true;
        index = 0;
        pause(backoff);
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(MAX_BACKOFF) < 0 ? doubled : MAX_BACKOFF;
      }
    }
  }

  private void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!stopped) {
        throw FoursightException.unavailable("interrupted while waiting for " + keys.describe());
      }
    }
  }

  /// The server is the common memory: there is nobody else to ask.
  @Override
  public boolean isSynced() {
    return true;
  }

  @Override
  public List<String> describe() {
    return List.of("store: " + keys.describe());
  }
}
