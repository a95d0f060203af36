package io.foursight.cmd;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Lifecycler;
import io.foursight.runtime.Service;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A component in its ring: registered before it starts, ACTIVE once the doors are open, LEAVING
/// while it hands over with the doors still open, and gone only if nothing is left in it that
/// others need.
final class RingSeat implements Service {
  private static final Logger log = LoggerFactory.getLogger(RingSeat.class);

  /// What a component does before it goes.
  @FunctionalInterface
  interface Handover {
    /// For components that hold nothing.
    Handover NOTHING = deadline -> true;

    /// @return whether nothing is left that others need, so that the ring may forget the instance
    boolean handOver(Deadline deadline);
  }

  private final Service component;
  private final Supplier<Lifecycler> factory;
  private final Handover handover;
  private volatile Optional<Lifecycler> lifecycler = Optional.empty();

  /// @param factory called when the component starts: only then its address is known
  RingSeat(Service component, Supplier<Lifecycler> factory, Handover handover) {
    this.component = component;
    this.factory = factory;
    this.handover = handover;
  }

  @Override
  public void start() {
    Lifecycler life = factory.get();
    life.start();
    lifecycler = Optional.of(life);
    try {
      component.start();
    } catch (RuntimeException | Error e) {
      life.stop(Deadline.NONE);
      throw e;
    }
  }

  /// In its ring; empty before the start.
  Optional<Lifecycler> life() {
    return lifecycler;
  }

  void activate() {
    lifecycler.ifPresent(Lifecycler::activate);
  }

  void leave() {
    lifecycler.ifPresent(Lifecycler::leave);
  }

  void handOver(Deadline deadline) {
    lifecycler.ifPresent(life -> {
      boolean empty = false;
      try {
        empty = handover.handOver(deadline);
      } catch (FoursightException e) {
        log.warn("handing over failed, the ring keeps the instance error={}", e.getMessage());
      }
      life.unregisterOnShutdown(empty && life.isUnregisteredOnShutdown());
    });
  }

  Optional<String> notReady() {
    return lifecycler.map(Lifecycler::notReady).orElse(Optional.of("not in the ring yet"));
  }

  boolean is(InstanceDescriptor instance) {
    return lifecycler
        .filter(life ->
            life.self().id().equals(instance.id())
                && life.self().address().equals(instance.address()))
        .isPresent();
  }

  @Override
  public void stop(Deadline deadline) {
    try {
      component.stop(deadline);
    } finally {
      lifecycler.ifPresent(life -> life.stop(deadline));
    }
  }
}
