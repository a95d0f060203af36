package io.foursight.runtime.server;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.Optional;

/// Which tenants a call is for, by its `X-Scope-OrgID`.
///
/// @param multitenancy off: everybody is `anonymous`, whatever the header says
/// @param federation on: a read may name several, separated by `|`
public record TenantScope(boolean multitenancy, boolean federation) {
  public static final String HEADER = "x-scope-orgid";

  /// @throws FoursightException `UNAUTHENTICATED` without a header, `BAD_DATA` for a bad one
  public TenantId tenant(Optional<String> header) {
    return multitenancy ? new TenantId(present(header)) : TenantId.ANONYMOUS;
  }

  /// At least one, distinct, ascending.
  public List<TenantId> tenants(Optional<String> header) {
    if (!multitenancy) {
      return List.of(TenantId.ANONYMOUS);
    }
    String value = present(header);
    return federation ? TenantId.parseFederated(value) : List.of(new TenantId(value));
  }

  private static String present(Optional<String> header) {
    return header
        .filter(h -> !h.isEmpty())
        .orElseThrow(() -> new FoursightException(ErrorKind.UNAUTHENTICATED, "no org id"));
  }
}
