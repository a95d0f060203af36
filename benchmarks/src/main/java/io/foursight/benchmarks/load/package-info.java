/// A load that anybody can run against any server that takes Prometheus remote write and answers
/// the Prometheus HTTP API: seeded scrape data, a fixed set of queries, and a check that every
/// sample is there with its value.
package io.foursight.benchmarks.load;
