package io.foursight.wire.logs.rpc;

import io.foursight.model.TextMatcher;
import io.foursight.model.logs.LineTest;
import java.util.function.Function;

/// Compiles what a selection holds as text.
///
/// @param regexes an expression of a label matcher, fully anchored
/// @param lineTests what [LineTest#text] wrote
public record LogsExpressions(
    Function<String, TextMatcher> regexes, Function<String, LineTest> lineTests) {}
