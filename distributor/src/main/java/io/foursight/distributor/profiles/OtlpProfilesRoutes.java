package io.foursight.distributor.profiles;

import io.foursight.distributor.OtlpHttp;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.util.List;

/// OTLP/HTTP for profiles: `POST /v1development/profiles` on the main, the profiles and, with CORS
/// for browsers, the OTLP door; `/otlp/v1development/profiles` on the first two. See [OtlpHttp].
public final class OtlpProfilesRoutes {
  private final OtlpHttp<ExportProfilesServiceRequest> http;

  public OtlpProfilesRoutes(ProfilesDistributor distributor, RetryAfter retryAfter) {
    this.http =
        new OtlpHttp<>(
            new OtlpProfilesWriter(distributor), ExportProfilesServiceRequest.class, retryAfter);
  }

  public void register(HttpRoutes routes) {
    for (Door door : List.of(Door.MAIN, Door.PROFILES)) {
      http.register(routes, door, "/otlp/v1development/profiles");
      http.register(routes, door, "/v1development/profiles");
    }
    http.registerOpen(routes, "/v1development/profiles");
  }
}
