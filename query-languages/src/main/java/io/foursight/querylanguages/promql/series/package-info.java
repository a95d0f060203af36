/// The values that PromQL evaluation passes between operators: series as columns over all steps of
/// a query, streams of them, and the notes collected on the way.
package io.foursight.querylanguages.promql.series;
