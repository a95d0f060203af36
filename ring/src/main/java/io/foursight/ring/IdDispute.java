package io.foursight.ring;

import java.time.Duration;
import java.util.Optional;

/// What to make of another process that uses this one's instance id. Of two the older one stays: a
/// process that starts waits whether the holder of its id speaks for longer than news are under
/// way; one that lives contradicts, and gives up only to an older one that goes on for a heartbeat
/// period although it is contradicted. Its lifecycler's alone.
final class IdDispute {
  private static final Duration COMPLAINT = Duration.ofMinutes(1);
  private static final int STRIKES = 2;

  /// What the other one's last words mean.
  enum Verdict {
    /// Too early to say; or said already.
    WAIT,
    /// It is gone: the id is free.
    GONE,
    /// Say again who has the id.
    CONTRADICT,
    /// As above, and tell the operator.
    COMPLAIN,
    /// It was there first and lives: give up.
    LOST
  }

  private final InstanceSettings settings;
  private final RingScheduler scheduler;
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

  IdDispute(InstanceSettings settings, RingScheduler scheduler) {
    this.settings = settings;
    this.scheduler = scheduler;
  }

  /// Before this process has registered: what an entry with its id means.
  Verdict atStart(InstanceDescriptor other) {
    if (!mayBeAlive(other)) {
      return Verdict.GONE;
    }
    long now = scheduler.nanoTime();
    if (doubted.isEmpty()) {
      doubted = Optional.of(other);
      doubtedSince = now;
      doubtedChange = now;
      return Verdict.COMPLAIN;
    }
    long period = settings.heartbeatPeriod().toNanos();
    if (doubted.get().version() != other.version()) {
      // The first changes may be old news under way; one a heartbeat later is not.
      if (now - doubtedSince >= period) {
        return Verdict.LOST;
      }
      doubted = Optional.of(other);
      doubtedChange = now;
    }
    return now - doubtedChange > period + period / 2 ? Verdict.GONE : Verdict.WAIT;
  }

  /// At our own address nobody else can live: that was this instance before a restart.
  private boolean mayBeAlive(InstanceDescriptor other) {
    long age = scheduler.now().toEpochMilli() - other.heartbeat().toEpochMilli();
    return !other.isLeft()
        && !other.address().equals(settings.address())
        && age < settings.heartbeatTimeout().toMillis();
  }

  /// Later: another incarnation of this instance is in the ring. Not more often than a few times a
  /// heartbeat is it contradicted, since it contradicts as well.
  Verdict met(InstanceDescriptor other, InstanceDescriptor mine) {
    long now = scheduler.nanoTime();
    long period = settings.heartbeatPeriod().toNanos();
    if (contradictions > 0 && now - lastContradiction < period / 4) {
      return Verdict.WAIT;
    }
    lastContradiction = now;
    contradictions++;
    if (other.incarnation() < mine.incarnation() && other.version() != struckVersion) {
      if (strikes == 0 || now - lastStrike > 3 * period) {
        strikes = 0;
        firstStrike = now;
      }
      struckVersion = other.version();
      lastStrike = now;
      if (++strikes >= STRIKES && now - firstStrike >= period) {
        return Verdict.LOST;
      }
    }
    if (contradictions == 1 || now - lastComplaint > COMPLAINT.toNanos()) {
      lastComplaint = now;
      return Verdict.COMPLAIN;
    }
    return Verdict.CONTRADICT;
  }
}
