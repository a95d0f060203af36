/// Loki's push formats: snappy protobuf and JSON of `/loki/api/v1/push`, both of the older
/// `/api/prom/push`, and the label text in them. Decoders fill a
/// [io.foursight.model.logs.LogsBatch] whose offsets point into the received bytes; they make no
/// object per entry.
package io.foursight.wire.logs;
