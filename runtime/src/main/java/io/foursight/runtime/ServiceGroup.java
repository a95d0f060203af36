package io.foursight.runtime;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Services that live and die together, in dependency order. Starting goes forward; a failure
/// undoes what was started, in reverse. Stopping goes backward, goes on past failures, and reports
/// them together. States may be read from any thread.
public final class ServiceGroup implements Service {
  private static final Logger log = LoggerFactory.getLogger(ServiceGroup.class);

  private final Map<String, Service> services;
  private final Map<String, State> states = Collections.synchronizedMap(new LinkedHashMap<>());

  /// @param services by name, dependencies first
  public ServiceGroup(Map<String, Service> services) {
    this.services = new LinkedHashMap<>(services);
    this.services.keySet().forEach(name -> states.put(name, State.NEW));
  }

  /// State by name, dependencies first.
  public Map<String, State> states() {
    synchronized (states) {
      return new LinkedHashMap<>(states);
    }
  }

  /// Why the group is not ready, in the words that probes of this family show; empty when all run.
  public Optional<String> notReady() {
    Map<String, State> now = states();
    if (now.containsValue(State.STOPPING) || now.containsValue(State.TERMINATED)) {
      return Optional.of("Application is stopping");
    }
    String waiting =
        now.entrySet().stream()
            .filter(e -> e.getValue() != State.RUNNING)
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining(", "));
    return waiting.isEmpty()
        ? Optional.empty()
        : Optional.of("Some services are not Running: " + waiting);
  }

  @Override
  public void start() {
    for (var entry : services.entrySet()) {
      states.put(entry.getKey(), State.STARTING);
      try {
        entry.getValue().start();
        states.put(entry.getKey(), State.RUNNING);
      } catch (RuntimeException | Error e) {
        states.put(entry.getKey(), State.FAILED);
        stopBackwards(Deadline.after(Duration.ofSeconds(10)), e);
        throw e;
      }
    }
  }

  @Override
  public void stop(Deadline deadline) {
    var failure = new FoursightException(ErrorKind.INTERNAL, "some services failed to stop");
    stopBackwards(deadline, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private void stopBackwards(Deadline deadline, Throwable failures) {
    List<String> running = new ArrayList<>(services.keySet()).reversed();
    for (String name : running) {
      if (states.get(name) != State.RUNNING) {
        continue;
      }
      states.put(name, State.STOPPING);
      try {
        services.get(name).stop(deadline);
        states.put(name, State.TERMINATED);
      } catch (RuntimeException | Error e) {
        states.put(name, State.FAILED);
        log.error("service failed to stop service={}", name, e);
        failures.addSuppressed(e);
      }
    }
  }
}
