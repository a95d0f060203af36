package io.foursight.model.traces;

import io.foursight.model.TextMatcher;

/// A test of a text that can be written down, sent to another process and made again there.
public interface SpanTextMatcher extends TextMatcher {
  /// A comparison operator of TraceQL, a space, and the literal as it is, without quotes: `=~ a.*`.
  String text();
}
