package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.FoursightException;
import io.foursight.model.logs.LineTest;
import io.foursight.querylanguages.logql.ast.CapturePattern;
import io.foursight.querylanguages.logql.ast.CapturePattern.Literal;
import io.foursight.querylanguages.text.ByteSearch;
import io.foursight.querylanguages.text.GoStrings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// `|> "a <_> b"`: the literals occur one after the other, each at its first place, with at least
/// one byte where a `<_>` stands; a first literal may stand anywhere, a last one must end the line.
/// The empty pattern matches the empty line.
///
/// @param wildFirst whether a wildcard stands before the first literal
/// @param wildLast whether a wildcard stands behind the last literal
record LinePattern(List<byte[]> literals, boolean wildFirst, boolean wildLast, String written)
    implements LineTest {
  static LinePattern compile(String text) {
    CapturePattern pattern = CapturePattern.of(text);
    if (!pattern.names().isEmpty()) {
      throw FoursightException.badData(
          "only unnamed captures <_> are allowed in a pattern filter: " + text);
    }
    if (pattern.hasAdjacentCaptures()) {
      throw FoursightException.badData(
          "found consecutive capture, literal must be present between captures: " + text);
    }
    var literals = new ArrayList<byte[]>();
    for (var part : pattern.parts()) {
      if (part instanceof Literal l) {
        literals.add(l.text().getBytes(StandardCharsets.UTF_8));
      }
    }
    var parts = pattern.parts();
    return new LinePattern(
        List.copyOf(literals),
        !parts.isEmpty() && parts.getFirst() instanceof CapturePattern.Capture,
        !parts.isEmpty() && parts.getLast() instanceof CapturePattern.Capture,
        text);
  }

  @Override
  public boolean matches(byte[] bytes, int offset, int length) {
    if (literals.isEmpty() && !wildFirst) {
      return length == 0;
    }
    if (length == 0) {
      return false;
    }
    int at = offset;
    int end = offset + length;
    for (int i = 0; i < literals.size(); i++) {
      byte[] literal = literals.get(i);
      int found = ByteSearch.indexOf(bytes, at, end, literal);
      if (found < 0 || (found == at && (i > 0 || wildFirst))) {
        return false;
      }
      at = found + literal.length;
    }
    return wildLast == (at != end);
  }

  @Override
  public String text() {
    return "|> " + GoStrings.quote(written);
  }

  @Override
  public byte[] substring() {
    return new byte[0];
  }

  @Override
  public List<byte[]> requiredLiterals() {
    return literals;
  }
}
