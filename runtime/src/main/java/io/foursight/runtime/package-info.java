/// What every component runs in: service lifecycle and module graph, the doors (HTTP and gRPC),
/// tenants, the mapping of error kinds to statuses, and self-telemetry.
package io.foursight.runtime;
