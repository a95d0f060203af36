/// From text to tree: scanner, operator-precedence parser, type checks. Errors are worded and
/// placed as Prometheus does, because people and programs know those texts.
package io.foursight.querylanguages.promql.parse;
