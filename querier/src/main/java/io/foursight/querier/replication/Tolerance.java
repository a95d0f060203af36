package io.foursight.querier.replication;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.ReplicationSet;
import java.util.HashSet;
import java.util.Set;

/// Which instances of a replication set failed one request, and whether it survives that; also long
/// after the first answers, while results stream. Safe from any thread.
public final class Tolerance {
  private final int maxErrors;
  private final int maxZones;
  private final Set<String> failed = new HashSet<>();
  private final Set<String> failedZones = new HashSet<>();

  public Tolerance(ReplicationSet set) {
    this.maxErrors = set.maxErrors();
    this.maxZones = set.maxUnavailableZones();
  }

  /// Counts a failure, unless it is none of the instance's: of the query, or a cancellation.
  ///
  /// @throws FoursightException the failure, when it is one too many
  public synchronized void failed(InstanceDescriptor instance, RuntimeException failure) {
    if (!isInstances(failure) || !add(instance)) {
      throw failure;
    }
  }

  /// Whether all of these could fail as well.
  synchronized boolean survives(Iterable<InstanceDescriptor> more) {
    var zones = new HashSet<>(failedZones);
    int errors = failed.size();
    for (InstanceDescriptor instance : more) {
      zones.add(instance.zone());
      errors++;
    }
    return maxZones > 0 ? zones.size() <= maxZones : errors <= maxErrors;
  }

  private boolean add(InstanceDescriptor instance) {
    failed.add(instance.id());
    failedZones.add(instance.zone());
    return maxZones > 0 ? failedZones.size() <= maxZones : failed.size() <= maxErrors;
  }

  /// Whether another instance might do better.
  public static boolean isInstances(RuntimeException failure) {
    return !(failure instanceof FoursightException e)
        || switch (e.kind()) {
          case UNAVAILABLE, INTERNAL, CORRUPT, TIMEOUT, NOT_FOUND, UNIMPLEMENTED -> true;
          case BAD_DATA,
              TOO_LARGE,
              UNSUPPORTED_MEDIA,
              LIMIT_EXCEEDED,
              QUERY_LIMIT,
              EXECUTION,
              UNAUTHENTICATED,
              CONFLICT,
              CANCELED ->
              false;
        };
  }

  static FoursightException asFoursight(Throwable failure) {
    return failure instanceof FoursightException e
        ? e
        : new FoursightException(ErrorKind.INTERNAL, String.valueOf(failure), failure);
  }
}
