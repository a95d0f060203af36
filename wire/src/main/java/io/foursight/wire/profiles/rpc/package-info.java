/// Profiles between components: profiles as they are written and as they are read, sums by stack,
/// series and answers to queries; the services and their stubs.
package io.foursight.wire.profiles.rpc;
