/// Rewrites a parsed query before it is evaluated, and tells Sources what will be done with a
/// selection.
package io.foursight.querylanguages.promql.plan;
