/// The messages of Tempo's API, `tempopb`, as JSON (in the form of Go's `jsonpb`: 64-bit integers
/// are strings, zero fields are left out, bytes are base64) and as protobuf. Grafana decodes
/// several of them strictly: no field may be added.
package io.foursight.wire.traces.tempo;
