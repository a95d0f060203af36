/// Merging blocks of metrics.
package io.foursight.compactor.metrics;
