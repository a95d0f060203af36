/// Loads that anybody can run against any server that speaks the same protocols, with seeded data,
/// a fixed set of queries, and a check that all of it is there: `MetricsLoad` against Prometheus
/// remote write and HTTP API, `LogsLoad` against Loki's push and query API, `TracesLoad` against
/// OTLP and Tempo's query API, `ProfilesLoad` against Pyroscope's push and query API.
package io.foursight.benchmarks.load;
