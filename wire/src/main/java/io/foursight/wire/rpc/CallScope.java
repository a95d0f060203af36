package io.foursight.wire.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.stream.Collectors;

/// What bounds one call: until when it may take, and a check that throws when its caller has given
/// up; the check runs now and then while the call waits.
///
/// @param tenants for whom, joined by `|`: a pool of workers may keep some for them; empty = nobody
///   in particular
public record CallScope(Deadline deadline, Runnable check, String tenants) {
  public CallScope(Deadline deadline, Runnable check) {
    this(deadline, check, "");
  }

  public static CallScope of(QueryBudget budget) {
    return new CallScope(budget.deadline(), budget::check);
  }

  public static CallScope of(Deadline deadline) {
    return new CallScope(deadline, () -> {});
  }

  /// The same for some tenants.
  public CallScope of(List<TenantId> some) {
    return new CallScope(
        deadline, check, some.stream().map(TenantId::value).collect(Collectors.joining("|")));
  }
}
