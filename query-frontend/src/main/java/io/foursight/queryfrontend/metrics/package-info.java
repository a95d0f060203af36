/// Prometheus's HTTP API of the metrics signal (as of Prometheus 3.14 and Mimir 3.2): routes and
/// parameters, time split, result cache, fair queue.
package io.foursight.queryfrontend.metrics;
