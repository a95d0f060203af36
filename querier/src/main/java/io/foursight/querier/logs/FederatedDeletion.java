package io.foursight.querier.logs;

import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsDeletions.Deletion;

/// A delete request of one tenant as it reads among several: its selector names the tenant.
final class FederatedDeletion {
  private FederatedDeletion() {}

  static Deletion of(Deletion deletion, TenantId tenant) {
    String query = deletion.query();
    int brace = query.indexOf('{');
    String matcher = FederatedLogsSource.TENANT_LABEL + "=\"" + tenant.value() + "\", ";
    return new Deletion(
        deletion.id(),
        query.substring(0, brace + 1) + matcher + query.substring(brace + 1),
        deletion.startNanos(),
        deletion.endNanos());
  }
}
