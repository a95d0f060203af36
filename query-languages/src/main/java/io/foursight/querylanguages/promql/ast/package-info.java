/// The tree of a PromQL 3.14 query: immutable records with source positions, value types, the
/// function signatures and the operators. Nothing here evaluates.
package io.foursight.querylanguages.promql.ast;
