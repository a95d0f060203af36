/// The functions of PromQL 3.14 as small classes in two tables: functions of range vectors
/// ([io.foursight.querylanguages.promql.functions.RangeFunctions]) and all others
/// ([io.foursight.querylanguages.promql.functions.VectorFunctions]).
package io.foursight.querylanguages.promql.functions;
