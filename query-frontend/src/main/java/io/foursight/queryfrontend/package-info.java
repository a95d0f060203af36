/// The query-frontend: the public read door. It answers Prometheus's API, splits and caches range
/// queries, and shares the querier fairly among tenants.
package io.foursight.queryfrontend;
