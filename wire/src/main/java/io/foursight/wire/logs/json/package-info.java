/// The JSON of Loki's HTTP API (`/loki/api/v1`, as of Loki 3.5), written straight to bytes: query
/// results with their statistics, volumes, tail frames.
package io.foursight.wire.logs.json;
