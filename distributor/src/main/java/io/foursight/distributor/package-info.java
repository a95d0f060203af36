/// The public write door: routes, admission, limits and the fan-out to sinks. This package holds
/// what the signals share (configuration, per-tenant limits, rate limits, in-flight bytes,
/// `Retry-After`, self-metrics); each signal has a shelf below it.
package io.foursight.distributor;
