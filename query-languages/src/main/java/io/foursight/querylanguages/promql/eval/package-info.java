/// Evaluates a planned PromQL 3.14 query over one Source: series after series, each over all steps
/// of the query at once.
package io.foursight.querylanguages.promql.eval;
