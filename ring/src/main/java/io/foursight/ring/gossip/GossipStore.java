package io.foursight.ring.gossip;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.RingName;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.Subscription;
import io.foursight.ring.WatchedState;
import io.foursight.ring.config.MemberlistConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A ring store without a server. Every change goes to `gossip_nodes` members at a time, some
/// rounds long, and they send on what was news to them; every `pull_push_interval` everything is
/// exchanged with one member, and with each new member at once. So a change is everywhere within a
/// few rounds, and a member that missed it (loss, partition) has it after the next exchange.
///
/// Driven by its scheduler and network alone. Safe from any thread.
public final class GossipStore implements RingStore, GossipNetwork.Receiver {
  private static final Logger log = LoggerFactory.getLogger(GossipStore.class);
  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(5);
  private static final Duration SPREAD_STEP = Duration.ofMillis(50);
  private static final Duration LOG_BACKOFF = Duration.ofMinutes(1);
  private static final int MAX_REMEMBERED_REFUSALS = 1000;

  private final MemberlistConfig config;
  private final GossipNetwork network;
  private final RingScheduler scheduler;
  private final SplittableRandom random;
  private final GossipMetrics metrics;
  private final Map<RingName, WatchedState> rings = new ConcurrentHashMap<>();
  private final NewsQueue queue = new NewsQueue();
  private final Map<String, Long> refusals = new HashMap<>();

  /// The last exchange that each member answered.
  private final Map<String, Long> answered = new ConcurrentHashMap<>();

  private final List<Subscription> timers = new CopyOnWriteArrayList<>();
  private Set<String> known = Set.of();
  private final long firstExchange;
  private long exchanges;
  private volatile long answeredExchange;
  private volatile boolean waitedEnough;

  public GossipStore(
      MemberlistConfig config,
      GossipNetwork network,
      RingScheduler scheduler,
      SplittableRandom random,
      GossipMetrics metrics) {
    this.config = config;
    this.network = network;
    this.scheduler = scheduler;
    this.random = random;
    this.metrics = metrics;
    // An answer meant for an earlier life at the same address must not count.
    this.firstExchange = random.nextInt(Integer.MAX_VALUE - 1_000_000_000);
    this.exchanges = firstExchange;
    network.receiver(this);
    metrics.sizes(() -> network.members().size() + 1, this::queued);
  }

  @Override
  public void start() {
    network.start();
    timers.add(scheduler.every(config.gossipInterval(), this::tellSome));
    timers.add(scheduler.every(config.pullPushInterval(), this::exchangeWithOne));
    timers.add(scheduler.after(SYNC_PATIENCE, () -> waitedEnough = true));
    membersChanged();
  }

  /// Goes on telling until one member has everything, or `leave_timeout` is over: the last words of
  /// an instance (LEFT) must not get lost with it. Never blocks; complete with whether a member has
  /// it, at once with true when there is none.
  public CompletableFuture<Boolean> leave() {
    var done = new CompletableFuture<Boolean>();
    if (timers.isEmpty() || network.members().isEmpty()) {
      done.complete(true);
      return done;
    }
    long first = lastExchange() + 1;
    Runnable step =
        () -> {
          if (answeredExchange >= first) {
            done.complete(true);
          } else {
            some(Math.max(config.gossipNodes(), 3)).forEach(m -> send(m, everything()));
          }
        };
    timers.add(scheduler.every(config.gossipInterval(), step));
    timers.add(scheduler.after(config.leaveTimeout(), () -> done.complete(false)));
    step.run();
    return done;
  }

  private synchronized long lastExchange() {
    return exchanges;
  }

  /// Exchanges with each member until it has answered, or `leave_timeout` is over.
  @Override
  public CompletableFuture<Boolean> spread() {
    var done = new CompletableFuture<Boolean>();
    Set<String> left = new HashSet<>(network.members());
    long first = lastExchange() + 1;
    Runnable step =
        () -> {
          List<String> ask;
          synchronized (left) {
            left.retainAll(network.members());
            left.removeIf(member -> answered.getOrDefault(member, 0L) >= first);
            ask = left.stream().sorted().toList();
          }
          if (ask.isEmpty()) {
            done.complete(true);
          } else {
            ask.forEach(member -> send(member, everything()));
          }
        };
    if (timers.isEmpty() || left.isEmpty()) {
      done.complete(true);
      return done;
    }
    Subscription again = scheduler.every(SPREAD_STEP, step);
    Subscription end = scheduler.after(config.leaveTimeout(), () -> done.complete(false));
    timers.add(again);
    timers.add(end);
    done.thenRun(() -> {
      again.close();
      end.close();
      timers.removeAll(List.of(again, end));
    });
    step.run();
    return done;
  }

  @Override
  public void stop(Deadline deadline) {
    try {
      leave().get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("stopping before any member has the last news of this process");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timers.forEach(Subscription::close);
    timers.clear(); // So that who waits for news of a store that has stopped waits for nothing.
    network.stop(deadline);
  }

  private WatchedState state(RingName ring) {
    return rings.computeIfAbsent(ring, name -> new WatchedState());
  }

  @Override
  public RingState read(RingName ring) {
    return state(ring).current();
  }

  @Override
  public RingState update(RingName ring, UnaryOperator<RingState> change) {
    RingState[] news = new RingState[1];
    RingState after =
        state(ring)
            .update(before -> {
              RingState next = change.apply(before).withoutOldTombstones(retentionMillis());
              news[0] = next.newsFor(before);
              return next;
            });
    enqueue(ring, news[0]);
    return after;
  }

  @Override
  public Subscription watch(RingName ring, Consumer<RingState> listener) {
    return state(ring).watch(listener);
  }

  @Override
  public boolean isSynced() {
    return answeredExchange > firstExchange
        || waitedEnough
        || (network.hasLooked() && network.members().isEmpty());
  }

  @Override
  public List<String> describe() {
    List<String> lines = new ArrayList<>(network.describe());
    lines.add("cluster label: " + config.clusterLabel());
    lines.add("queued news: " + queued());
    return lines;
  }

  private synchronized int queued() {
    return queue.size();
  }

  private long retentionMillis() {
    return config.leftIngestersTimeout().toMillis();
  }

  private void enqueue(RingName ring, RingState news) {
    if (news.isEmpty()) {
      return;
    }
    int members = network.members().size() + 1;
    int rounds = config.retransmitFactor() * (32 - Integer.numberOfLeadingZeros(members));
    int times = Math.max(1, (rounds + config.gossipNodes() - 1) / config.gossipNodes());
    synchronized (this) {
      queue.add(ring, news, times);
    }
  }

  private void tellSome() {
    List<String> members = some(config.gossipNodes());
    if (members.isEmpty()) {
      return;
    }
    Map<RingName, RingState> news;
    synchronized (this) {
      news = queue.next();
    }
    if (!news.isEmpty()) {
      var message = new RingCodec.Message(RingCodec.Kind.NEWS, config.clusterLabel(), 0, news);
      members.forEach(member -> send(member, message));
    }
  }

  private void exchangeWithOne() {
    some(1).forEach(member -> send(member, everything()));
  }

  private RingCodec.Message everything() {
    Map<RingName, RingState> all = new TreeMap<>();
    rings.forEach((name, state) -> all.put(name, state.current()));
    int number;
    synchronized (this) {
      number = (int) ++exchanges;
    }
    return new RingCodec.Message(RingCodec.Kind.EXCHANGE, config.clusterLabel(), number, all);
  }

  private List<String> some(int count) {
    List<String> left = new ArrayList<>(network.members());
    List<String> chosen = new ArrayList<>();
    synchronized (this) {
      while (chosen.size() < count && !left.isEmpty()) {
        chosen.add(left.remove(random.nextInt(left.size())));
      }
    }
    return chosen;
  }

  private void send(String member, RingCodec.Message message) {
    byte[] bytes = RingCodec.encode(message);
    metrics.sent(message.kind(), bytes.length);
    network.send(member, bytes);
  }

  @Override
  public void membersChanged() {
    Set<String> now = new HashSet<>(network.members());
    Set<String> fresh = new HashSet<>(now);
    synchronized (this) {
      fresh.removeAll(known);
      known = now;
    }
    answered.keySet().retainAll(now);
    fresh.stream().sorted().forEach(member -> send(member, everything()));
  }

  @Override
  public void message(String from, byte[] bytes) {
    if (bytes.length > config.maxMessageBytes()) {
      refuse(
          from,
          GossipMetrics.Refusal.TOO_LARGE,
          bytes.length + " bytes, memberlist.max_message_bytes is " + config.maxMessageBytes());
      return;
    }
    RingCodec.Message message;
    try {
      message = RingCodec.decode(bytes);
    } catch (FoursightException e) {
      boolean version = e.getMessage().contains("format version");
      refuse(
          from,
          version ? GossipMetrics.Refusal.VERSION : GossipMetrics.Refusal.MALFORMED,
          e.getMessage());
      return;
    }
    if (!message.label().equals(config.clusterLabel())) {
      refuse(
          from,
          GossipMetrics.Refusal.LABEL,
          "its memberlist.cluster_label is \""
              + message.label()
              + "\", ours is \""
              + config.clusterLabel()
              + "\"");
      return;
    }
    metrics.received(message.kind(), bytes.length);
    take(from, message);
  }

  private void take(String from, RingCodec.Message message) {
    Map<RingName, RingState> answer = new TreeMap<>();
    message.rings().forEach((name, theirs) -> merge(name, theirs, answer));
    if (message.kind() == RingCodec.Kind.EXCHANGE) {
      rings.forEach((name, state) -> {
        if (!message.rings().containsKey(name) && !state.current().isEmpty()) {
          answer.put(name, state.current());
        }
      });
      send(
          from,
          new RingCodec.Message(
              RingCodec.Kind.ANSWER, config.clusterLabel(), message.exchange(), answer));
    }
    if (message.kind() == RingCodec.Kind.ANSWER) {
      if (message.exchange() <= lastExchange()) {
        answeredExchange = Math.max(answeredExchange, message.exchange());
        answered.merge(from, (long) message.exchange(), Math::max);
      }
    }
  }

  /// @param answer gets what we know better
  private void merge(RingName name, RingState theirs, Map<RingName, RingState> answer) {
    RingState[] news = new RingState[1];
    RingState[] ours = new RingState[1];
    state(name)
        .update(before -> {
          RingState after = before.merge(theirs).withoutOldTombstones(retentionMillis());
          news[0] = after.newsFor(before);
          ours[0] = after.newsFor(theirs);
          return after;
        });
    int older = 0;
    for (InstanceDescriptor instance : ours[0].instances()) {
      older += theirs.instance(instance.id()).isPresent() ? 1 : 0;
    }
    metrics.merged(news[0].instances().size(), older);
    enqueue(name, news[0]);
    if (!ours[0].isEmpty()) {
      answer.put(name, ours[0]);
    }
  }

  private void refuse(String from, GossipMetrics.Refusal reason, String why) {
    metrics.refused(reason);
    long now = scheduler.nanoTime();
    synchronized (this) {
      Long last = refusals.get(from);
      if (last != null && now - last < LOG_BACKOFF.toNanos()) {
        return;
      }
      if (refusals.size() >= MAX_REMEMBERED_REFUSALS) {
        refusals.clear();
      }
      refusals.put(from, now);
    }
    log.warn("refused a message of another member from={}: {}", from, why);
  }
}
