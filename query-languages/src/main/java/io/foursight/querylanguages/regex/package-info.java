/// Regular expressions with RE2's syntax and linear time, whatever the text. Label matchers are
/// fully anchored and `.` matches a newline, as in Prometheus 3.
///
/// An expression takes the first road that fits: a set of literals, a literal prefix, suffix or
/// part, a deterministic automaton (Lucene, with a work limit), and RE2/J for the rest.
package io.foursight.querylanguages.regex;
