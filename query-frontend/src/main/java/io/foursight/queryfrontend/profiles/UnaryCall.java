package io.foursight.queryfrontend.profiles;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.HttpCall;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// One call of a method, whatever protocol it came over.
///
/// @param tenants of a read
/// @param onCancel takes what to do when the caller goes away
/// @param anyLabelName whether the caller knows label names beyond letters, digits and `_`
record UnaryCall(
    List<TenantId> tenants, Deadline deadline, Consumer<Runnable> onCancel, boolean anyLabelName) {
  private static final String CAPABILITY = "allow-utf8-labelnames=true";

  static UnaryCall of(HttpCall call) {
    boolean any =
        call.header("accept")
            .filter(accept -> accept.toLowerCase(Locale.ROOT).replace(" ", "").contains(CAPABILITY))
            .isPresent();
    return new UnaryCall(call.tenants(), Deadline.NONE, call::onCancel, any);
  }

  /// @throws FoursightException `BAD_DATA` when the call is for several tenants
  TenantId oneTenant() {
    if (tenants.size() != 1) {
      throw FoursightException.badData("expected 1 tenant, got " + tenants.size());
    }
    return tenants.getFirst();
  }
}
