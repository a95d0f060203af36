package io.foursight.wire.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;

/// What bounds one call: until when it may take, and a check that throws when its caller has given
/// up; the check runs now and then while the call waits.
public record CallScope(Deadline deadline, Runnable check) {
  public static CallScope of(QueryBudget budget) {
    return new CallScope(budget.deadline(), budget::check);
  }

  public static CallScope of(Deadline deadline) {
    return new CallScope(deadline, () -> {});
  }
}
