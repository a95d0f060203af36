/// Metrics in the querier: fan-in, tenant federation, limits, and the pool that PromQL runs on.
package io.foursight.querier.metrics;
