/// The write door of profiles: Pyroscope's `/ingest` and `push.v1`, OTLP, admission, labels,
/// limits, and the sink.
package io.foursight.distributor.profiles;
