/// Metrics on disk: the block format and Prometheus TSDB import and export.
package io.foursight.storage.metrics;
