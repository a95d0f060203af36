/// The syntax tree of LogQL: log queries (a selector and the stages of its pipeline) and metric
/// queries over them. Parentheses leave no node. The grammar is that of Loki 4.0.
package io.foursight.querylanguages.logql.ast;
