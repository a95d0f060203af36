/// Bytes that others define: remote write and remote read, OTLP, and the results of the query APIs.
/// One package per protocol family; `protobuf` holds the two cursors they share.
package io.foursight.wire;
