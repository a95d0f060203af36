package io.foursight.ring;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
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
/// Of two processes with one id the older one stays and the younger one fails, see [IdDispute].
public final class Lifecycler implements Service {
  private static final Logger log = LoggerFactory.getLogger(Lifecycler.class);
  private static final Duration STEP = Duration.ofMillis(50);

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
  private final LifecyclerMetrics metrics;
  private final OwnTokens ownTokens;
  private final IdDispute dispute;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> registered = new CompletableFuture<>();

  private volatile Phase phase = Phase.NEW;
  private volatile InstanceDescriptor mine;
  private volatile String failure = "";
  private volatile boolean unregisters;
  private volatile long activeSince;
  private Subscription steps = () -> {};
  private Subscription heartbeats = () -> {};
  private Subscription watch = () -> {};
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
    this.metrics = metrics;
    this.ownTokens = new OwnTokens(settings, random);
    this.dispute = new IdDispute(settings, scheduler);
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

  /// Whoever still has this instance in a list from before has that long to ask it.
  private void pause(Deadline deadline) {
    if (settings.finalSleep().isZero()) {
      return;
    }
    var over = new CountDownLatch(1);
    Subscription timer = scheduler.after(settings.finalSleep(), over::countDown);
    try {
      boolean unused = over.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      timer.close();
    }
  }

  private void tryRegister() {
    lock.lock();
    try {
      if (phase != Phase.WAITING || !store.isSynced()) {
        return;
      }
      Optional<InstanceDescriptor> other = store.read(settings.ring()).instance(settings.id());
      if (other.isPresent() && !isFree(other.get())) {
        return;
      }
      if (!update(s -> s.with(firstOf(s)))) {
        return;
      }
      phase = Phase.REGISTERED;
      steps.close();
      ownTokens.keep(mine.tokens());
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

  private boolean isFree(InstanceDescriptor other) {
    return switch (dispute.atStart(other)) {
      case GONE -> true;
      case WAIT, CONTRADICT -> false;
      case COMPLAIN -> {
        log.warn(
            "instance id is in the ring already, waiting whether it is alive ring={} instance={}"
                + " address={}",
            settings.ring(),
            settings.id(),
            other.address());
        yield false;
      }
      case LOST -> {
        fail(other);
        yield false;
      }
    };
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
            .orElseGet(ownTokens::kept);
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
    return held.isEmpty() ? first : first.withTokens(ownTokens.draw(state, first, held));
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
        said = said.withTokens(ownTokens.draw(state, said, ownTokens.kept()));
      }
      Instant now = scheduler.now();
      Instant heartbeat = now.isAfter(mine.heartbeat()) ? now : mine.heartbeat();
      return state.with(
          said.withHeartbeat(heartbeat).withVersion(state.nextVersion(now.toEpochMilli())));
    });
  }

  /// Writes, and remembers what was written. A store that does not answer is logged once.
  private boolean update(UnaryOperator<RingState> change) {
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
    if (!mine.tokens().equals(before)) {
      ownTokens.keep(mine.tokens());
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
    if (contradicted || ownTokens.areLost(state, self)) {
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
    if (phase == Phase.REGISTERED && ownTokens.areLost(store.read(settings.ring()), mine)) {
      metrics.tokenConflict();
      log.warn(
          "another instance holds tokens of ours with more right, drawing others ring={}",
          settings.ring());
      update(s -> {
        InstanceDescriptor next = mine.withTokens(ownTokens.draw(s, mine, mine.tokens()));
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
            next = next.withTokens(ownTokens.draw(s, next, held));
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

  private void contradict(InstanceDescriptor other) {
    IdDispute.Verdict verdict = dispute.met(other, mine);
    if (verdict == IdDispute.Verdict.WAIT || verdict == IdDispute.Verdict.GONE) {
      return;
    }
    metrics.idConflict();
    if (verdict == IdDispute.Verdict.LOST) {
      fail(other);
      return;
    }
    if (verdict == IdDispute.Verdict.COMPLAIN) {
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
