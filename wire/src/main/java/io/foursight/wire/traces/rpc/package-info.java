/// Traces between components: spans as they are written and as they are read, candidates, pieces of
/// traces, tags and answers to queries; the services and their stubs.
package io.foursight.wire.traces.rpc;
