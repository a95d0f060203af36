/// The JSON of Prometheus's HTTP API (`/api/v1`, as of Prometheus 3.14), written straight to bytes:
/// the envelope, query results, label and series lists, metadata, exemplars.
package io.foursight.wire.metrics.json;
