package io.foursight.ring;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of this process's instance in one ring: registers, holds tokens, sends heartbeats,
/// changes state, leaves; also forgets others that are silent for too long. Safe from any thread.
///
/// [#start] registers: as JOINING with the tokens it held before (in the ring or the tokens file),
/// as PENDING without tokens when it never held any. [#activate] makes it ACTIVE, [#leave] LEAVING,
/// [#stop] takes it out (or leaves it as it is, when it is not to unregister). Only the owner
/// writes its descriptor; two exceptions, both undone by a living owner: somebody forgets it, or
/// another process uses its id.
///
/// Of two processes with one id the older one stays. The younger one fails: at the start, when it
/// finds the id at another address and still speaking after a heartbeat period; later, when the
/// older one goes on speaking for a heartbeat period although it is contradicted. Anything shorter
/// may be old news of a process that is gone.
public final class Lifecycler implements Service {
  private static final Logger log = LoggerFactory.getLogger(Lifecycler.class);
  private static final Duration STEP = Duration.ofMillis(50);
  private static final Duration COMPLAINT = Duration.ofMinutes(1);
  private static final int STRIKES = 2;

  private enum Phase {
    NEW,
    WAITING,
    REGISTERED,
    STOPPED,
    FAILED
  }

  private final InstanceSettings settings;
  private final RingStore store;
  private final RingClient client;
  private final RingScheduler scheduler;
  private final SplittableRandom random;
  private final LifecyclerMetrics metrics;
  private final Optional<TokensFile> tokensFile;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> registered = new CompletableFuture<>();

  /// Tokens of others that don't collide with `checkedFor`, so that a heartbeat costs no search.
  private final Map<String, Tokens> checkedTokens = new HashMap<>();

  private Tokens checkedFor = Tokens.NONE;
  private volatile Phase phase = Phase.NEW;
  private volatile InstanceDescriptor mine;
  private volatile String failure = "";
  private volatile boolean unregisters;
  private volatile long activeSince;
  private Subscription steps = () -> {};
  private Subscription heartbeats = () -> {};
  private Subscription watch = () -> {};
  private Optional<InstanceDescriptor> doubted = Optional.empty();
  private long doubtedSince;
  private long doubtedChange;
  private long struckVersion;
  private long firstStrike;
  private long lastStrike;
  private long lastContradiction;
  private long lastComplaint;
  private int contradictions;
  private int strikes;
  private boolean storeFails;

  /// @param client a view of the same ring, by which the silence of others is judged
  public Lifecycler(
      InstanceSettings settings,
      RingStore store,
      RingClient client,
      RingScheduler scheduler,
      SplittableRandom random,
      LifecyclerMetrics metrics) {
    this.settings = settings;
    this.store = store;
    this.client = client;
    this.scheduler = scheduler;
    this.random = random;
    this.metrics = metrics;
    this.tokensFile = settings.tokensFile().map(TokensFile::new);
    this.unregisters = settings.unregisterOnShutdown();
    long start = scheduler.now().toEpochMilli() << 20;
    Instant never = Instant.EPOCH;
    this.mine =
        new InstanceDescriptor(
            settings.id(),
            settings.address(),
            settings.zone(),
            InstanceState.PENDING,
            Tokens.NONE,
            never,
            never,
            false,
            never,
            settings.build(),
            start | random.nextInt(1 << 20),
            0);
  }

  /// Begins to register; never blocks. Complete when registered, or failed with the reason.
  public CompletableFuture<Void> begin() {
    lock.lock();
    try {
      if (phase == Phase.NEW) {
        phase = Phase.WAITING;
        steps = scheduler.every(STEP, this::tryRegister);
        tryRegister();
      }
      return registered;
    } finally {
      lock.unlock();
    }
  }

  /// @throws FoursightException `CONFLICT` when another process uses the id
  @Override
  public void start() {
    try {
      begin().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof FoursightException known
          ? known
          : new FoursightException(ErrorKind.INTERNAL, "joining the ring failed", e.getCause());
    }
  }

  /// Takes work from now on.
  public void activate() {
    lock.lock();
    try {
      if (phase != Phase.REGISTERED) {
        return;
      }
      if (mine.state() == InstanceState.PENDING) {
        write(InstanceState.JOINING);
      }
      if (mine.state() == InstanceState.JOINING) {
        write(InstanceState.ACTIVE);
      }
      activeSince = scheduler.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /// Takes no new work, still answers.
  public void leave() {
    lock.lock();
    try {
      if (phase == Phase.REGISTERED && mine.state().mayBecome(InstanceState.LEAVING)) {
        write(InstanceState.LEAVING);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes no new data while it goes on otherwise.
  public void readOnly(boolean readOnly) {
    lock.lock();
    try {
      if (mine.readOnly() != readOnly) {
        mine = mine.withReadOnly(readOnly, scheduler.now());
        if (phase == Phase.REGISTERED) {
          write(mine.state());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Overrules the setting until the process ends.
  public void unregisterOnShutdown(boolean unregister) {
    unregisters = unregister;
  }

  public boolean isUnregisteredOnShutdown() {
    return unregisters;
  }

  /// What this instance last said of itself.
  public InstanceDescriptor self() {
    return mine;
  }

  /// Why this instance cannot take work, empty when it can.
  public Optional<String> notReady() {
    String place = "ring " + settings.ring() + ": ";
    return switch (phase) {
      case NEW, WAITING -> Optional.of(place + "not registered yet");
      case FAILED -> Optional.of(place + failure);
      case STOPPED -> Optional.of(place + "left");
      case REGISTERED -> {
        if (mine.state() != InstanceState.ACTIVE) {
          yield Optional.of(place + "instance is " + mine.state());
        }
        long active = scheduler.nanoTime() - activeSince;
        yield active < settings.minReadyDuration().toNanos()
            ? Optional.of(place + "active for less than min_ready_duration")
            : Optional.empty();
      }
    };
  }

  @Override
  public void stop(Deadline deadline) {
    lock.lock();
    try {
      boolean wasRegistered = phase == Phase.REGISTERED;
      steps.close();
      heartbeats.close();
      watch.close();
      if (wasRegistered) {
        if (unregisters) {
          write(InstanceState.LEFT);
        } else if (mine.state().mayBecome(InstanceState.LEAVING)) {
          write(InstanceState.LEAVING);
        }
      }
      if (phase != Phase.FAILED) {
        phase = Phase.STOPPED;
      }
      registered.completeExceptionally(
          FoursightException.unavailable("stopped before it had joined the ring"));
      if (!wasRegistered) {
        return;
      }
    } finally {
      lock.unlock();
    }
    pause(deadline);
  }

  private void pause(Deadline deadline) {
    Duration left = deadline.remaining();
    Duration pause = settings.finalSleep().compareTo(left) < 0 ? settings.finalSleep() : left;
    if (pause.isZero()) {
      return;
    }
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryRegister() {
    lock.lock();
    try {
      if (phase != Phase.WAITING || !store.isSynced()) {
        return;
      }
      Optional<InstanceDescriptor> other =
          store.read(settings.ring()).instance(settings.id()).filter(this::mayBeAlive);
      if (other.isPresent() && !isGone(other.get())) {
        return;
      }
      if (!update(s -> s.with(firstOf(s)))) {
        return;
      }
      phase = Phase.REGISTERED;
      steps.close();
      tokensFile.filter(f -> !mine.tokens().isEmpty()).ifPresent(f -> f.write(mine.tokens()));
      heartbeats = scheduler.every(settings.heartbeatPeriod(), this::heartbeat);
      watch = store.watch(settings.ring(), this::changed);
      log.info(
          "registered ring={} instance={} address={} state={} tokens={}",
          settings.ring(),
          settings.id(),
          settings.address(),
          mine.state(),
          mine.tokens().size());
      registered.complete(null);
    } finally {
      lock.unlock();
    }
  }

  /// At our own address nobody else can live: that was this instance before a restart.
  private boolean mayBeAlive(InstanceDescriptor other) {
    long age = scheduler.now().toEpochMilli() - other.heartbeat().toEpochMilli();
    return !other.isLeft()
        && !other.address().equals(settings.address())
        && age < settings.heartbeatTimeout().toMillis();
  }

  /// Whether the other holder of our id has been silent for longer than a heartbeat takes. Fails
  /// the start when it speaks.
  private boolean isGone(InstanceDescriptor other) {
    if (doubted.isEmpty()) {
      doubted = Optional.of(other);
      doubtedSince = scheduler.nanoTime();
      doubtedChange = doubtedSince;
      log.warn(
          "instance id is in the ring already, waiting whether it is alive ring={} instance={}"
              + " address={}",
          settings.ring(),
          settings.id(),
          other.address());
      return false;
    }
    long now = scheduler.nanoTime();
    long period = settings.heartbeatPeriod().toNanos();
    if (doubted.get().version() != other.version()) {
      // The first changes may be old news under way; one a heartbeat later is not.
      if (now - doubtedSince >= period) {
        fail(other);
        return false;
      }
      doubted = Optional.of(other);
      doubtedChange = now;
    }
    return now - doubtedChange > period + period / 2;
  }

  private void fail(InstanceDescriptor other) {
    failure =
        "instance id \""
            + settings.id()
            + "\" is used by another process at "
            + other.address()
            + " that was there first; give each process an instance_id of its own";
    phase = Phase.FAILED;
    steps.close();
    heartbeats.close();
    watch.close();
    log.error("{} ring={} address={}", failure, settings.ring(), settings.address());
    registered.completeExceptionally(new FoursightException(ErrorKind.CONFLICT, failure));
  }

  /// The first word of this life.
  private InstanceDescriptor firstOf(RingState state) {
    Instant now = scheduler.now();
    Optional<InstanceDescriptor> before = state.instance(settings.id());
    Optional<InstanceDescriptor> present = before.filter(b -> !b.isLeft());
    Tokens held =
        present
            .map(InstanceDescriptor::tokens)
            .filter(t -> !t.isEmpty())
            .orElseGet(() -> tokensFile.map(TokensFile::read).orElse(Tokens.NONE));
    InstanceDescriptor first =
        mine.withIncarnation(
            Math.max(mine.incarnation(), before.map(b -> b.incarnation() + 1).orElse(0L)));
    boolean readOnly = present.map(InstanceDescriptor::readOnly).orElse(mine.readOnly());
    first =
        new InstanceDescriptor(
            first.id(),
            first.address(),
            first.zone(),
            held.isEmpty() ? InstanceState.PENDING : InstanceState.JOINING,
            Tokens.NONE,
            present.map(InstanceDescriptor::registered).orElse(now),
            now,
            readOnly,
            present.map(InstanceDescriptor::readOnlySince).orElse(mine.readOnlySince()),
            first.build(),
            first.incarnation(),
            state.nextVersion(now.toEpochMilli()));
    return held.isEmpty() ? first : first.withTokens(tokens(state, first, held));
  }

  /// As many tokens as configured, of those held before as far as nobody with more right has them.
  private Tokens tokens(RingState state, InstanceDescriptor self, Tokens held) {
    Tokens mineStill = held.without(token -> isTaken(state, self, token));
    if (mineStill.size() > settings.numTokens()) {
      return Tokens.of(java.util.Arrays.copyOf(mineStill.toArray(), settings.numTokens()));
    }
    return mineStill.fill(settings.numTokens(), random, token -> isUsed(state, token));
  }

  private boolean isTaken(RingState state, InstanceDescriptor self, int token) {
    return state.present().stream()
        .anyMatch(i ->
            !i.id().equals(self.id())
                && i.tokens().contains(token)
                && TokenCircle.precedence().compare(i, self) < 0);
  }

  private boolean isUsed(RingState state, int token) {
    return state.present().stream()
        .anyMatch(i -> !i.id().equals(settings.id()) && i.tokens().contains(token));
  }

  private void heartbeat() {
    lock.lock();
    try {
      if (phase != Phase.REGISTERED) {
        return;
      }
      reconcile();
      if (phase == Phase.REGISTERED && write(mine.state())) {
        metrics.heartbeat();
      }
      forgetSilent();
    } finally {
      lock.unlock();
    }
  }

  /// Says what this instance is now, in one step along the table.
  private boolean write(InstanceState next) {
    return update(state -> {
      InstanceDescriptor said = mine.withState(next);
      if (next == InstanceState.LEFT) {
        said = said.left();
      } else if (next != InstanceState.PENDING && said.tokens().isEmpty()) {
        Tokens held = tokensFile.map(TokensFile::read).orElse(Tokens.NONE);
        said = said.withTokens(tokens(state, said, held));
      }
      Instant now = scheduler.now();
      Instant heartbeat = now.isAfter(mine.heartbeat()) ? now : mine.heartbeat();
      return state.with(
          said.withHeartbeat(heartbeat).withVersion(state.nextVersion(now.toEpochMilli())));
    });
  }

  /// Writes, and remembers what was written. A store that does not answer is logged once.
  private boolean update(java.util.function.UnaryOperator<RingState> change) {
    Tokens before = mine.tokens();
    try {
      InstanceDescriptor[] said = new InstanceDescriptor[1];
      store.update(
          settings.ring(),
          state -> {
            RingState next = change.apply(state);
            said[0] = next.instance(settings.id()).orElse(mine);
            return next;
          });
      if (said[0].state() != mine.state()) {
        metrics.state(said[0].state());
        log.info(
            "state changed ring={} instance={} state={}",
            settings.ring(),
            settings.id(),
            said[0].state());
      }
      mine = said[0];
      storeFails = false;
    } catch (FoursightException e) {
      metrics.storeFailure();
      if (!storeFails) {
        log.warn("ring cannot be written, trying on ring={}: {}", settings.ring(), e.getMessage());
      }
      storeFails = true;
      return false;
    }
    if (!mine.tokens().isEmpty() && !mine.tokens().equals(before)) {
      tokensFile.ifPresent(f -> f.write(mine.tokens()));
    }
    return true;
  }

  /// Called by the store; decides nothing, so that it needs no lock.
  private void changed(RingState state) {
    InstanceDescriptor self = mine;
    boolean contradicted =
        state
            .instance(settings.id())
            .map(i -> i.incarnation() != self.incarnation() || i.state() != self.state())
            .orElse(true);
    if (contradicted || losesTokens(state, self)) {
      scheduler.after(
          Duration.ZERO,
          () -> {
            lock.lock();
            try {
              reconcile();
            } finally {
              lock.unlock();
            }
          });
    }
  }

  private boolean losesTokens(RingState state, InstanceDescriptor self) {
    synchronized (checkedTokens) {
      boolean loses = false;
      if (!self.tokens().equals(checkedFor)) {
        checkedFor = self.tokens();
        checkedTokens.clear();
      }
      for (InstanceDescriptor other : state.present()) {
        if (other.id().equals(self.id()) || other.tokens().equals(checkedTokens.get(other.id()))) {
          continue;
        }
        boolean collides = false;
        for (int i = 0; i < self.tokens().size() && !collides; i++) {
          collides = other.tokens().contains(self.tokens().at(i));
        }
        if (!collides) {
          checkedTokens.put(other.id(), other.tokens());
        }
        loses |= collides && TokenCircle.precedence().compare(other, self) < 0;
      }
      checkedTokens.keySet().removeIf(id -> state.instance(id).isEmpty());
      return loses;
    }
  }

  /// Answers what others say of this instance: forgotten, claimed by another process, or holding
  /// tokens that somebody else has more right to.
  private void reconcile() {
    if (phase != Phase.REGISTERED || mine.isLeft()) {
      return;
    }
    RingState state = store.read(settings.ring());
    Optional<InstanceDescriptor> said = state.instance(settings.id());
    if (said.isEmpty() || said.get().isLeft()) {
      comeBack();
    } else if (said.get().incarnation() != mine.incarnation()) {
      contradict(said.get());
    }
    if (phase == Phase.REGISTERED && losesTokens(store.read(settings.ring()), mine)) {
      metrics.tokenConflict();
      log.warn(
          "another instance holds tokens of ours with more right, drawing others ring={}",
          settings.ring());
      update(s -> {
        InstanceDescriptor next = mine.withTokens(tokens(s, mine, mine.tokens()));
        return s.with(next.withVersion(s.nextVersion(scheduler.now().toEpochMilli())));
      });
    }
  }

  /// Somebody gave this instance up, but it lives: a new life with the same tokens.
  private void comeBack() {
    InstanceState wanted = mine.state();
    log.warn("forgotten by others, registering again ring={}", settings.ring());
    metrics.forgottenBack();
    Tokens held = mine.tokens();
    boolean written =
        update(s -> {
          long others = s.instance(settings.id()).map(i -> i.incarnation() + 1).orElse(0L);
          InstanceDescriptor next =
              mine.withIncarnation(Math.max(mine.incarnation() + 1, others))
                  .withState(held.isEmpty() ? InstanceState.PENDING : InstanceState.JOINING)
                  .withHeartbeat(latest(scheduler.now()));
          if (!held.isEmpty()) {
            next = next.withTokens(tokens(s, next, held));
          }
          return s.with(next.withVersion(s.nextVersion(scheduler.now().toEpochMilli())));
        });
    if (written && wanted == InstanceState.ACTIVE) {
      write(InstanceState.ACTIVE);
    } else if (written && wanted == InstanceState.LEAVING) {
      write(InstanceState.LEAVING);
    }
  }

  private Instant latest(Instant now) {
    return now.isAfter(mine.heartbeat()) ? now : mine.heartbeat();
  }

  /// Not more often than a few times a heartbeat: the other one contradicts as well.
  private void contradict(InstanceDescriptor other) {
    long now = scheduler.nanoTime();
    long period = settings.heartbeatPeriod().toNanos();
    if (contradictions > 0 && now - lastContradiction < period / 4) {
      return;
    }
    lastContradiction = now;
    contradictions++;
    metrics.idConflict();
    if (other.incarnation() < mine.incarnation() && other.version() != struckVersion) {
      if (strikes == 0 || now - lastStrike > 3 * period) {
        strikes = 0;
        firstStrike = now;
      }
      struckVersion = other.version();
      lastStrike = now;
      if (++strikes >= STRIKES && now - firstStrike >= period) {
        fail(other);
        return;
      }
    }
    if (contradictions == 1 || now - lastComplaint > COMPLAINT.toNanos()) {
      lastComplaint = now;
      log.warn(
          "another process uses our instance id ring={} instance={} our_address={} its_address={}",
          settings.ring(),
          settings.id(),
          settings.address(),
          other.address());
    }
    write(mine.state());
  }

  private void forgetSilent() {
    if (settings.autoForgetAfter().isZero()) {
      return;
    }
    for (InstanceDescriptor other : store.read(settings.ring()).present()) {
      boolean silent =
          !other.id().equals(settings.id())
              && client.silence(other.id()).compareTo(settings.autoForgetAfter()) > 0;
      if (silent) {
        log.info(
            "forgetting a silent instance ring={} instance={} address={}",
            settings.ring(),
            other.id(),
            other.address());
        metrics.forgot();
        update(s ->
            s.instance(other.id()).filter(i -> i.version() == other.version()).isPresent()
                ? s.forget(other.id(), scheduler.now().toEpochMilli())
                : s);
      }
    }
  }
}
