package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.logql.ast.CapturePattern;
import io.foursight.querylanguages.logql.ast.CapturePattern.Capture;
import io.foursight.querylanguages.logql.ast.CapturePattern.Literal;
import io.foursight.querylanguages.text.ByteSearch;
import java.nio.charset.StandardCharsets;

/// `| pattern "<ip> <_> <user>"`: a leading literal must begin the line, every other one is taken
/// at its first place; where one is missing, the capture before it takes the rest of the line and
/// the work ends.
final class PatternStep implements Step {
  private static final int UNNAMED = -1;

  private final byte[] head;

  /// Alternating: the label of a capture and the literal behind it (the last may be empty).
  private final int[] labels;

  private final byte[][] literals;
  private final Texts texts;

  PatternStep(CapturePattern pattern, Names names, Texts texts) {
    this.texts = texts;
    var parts = pattern.parts();
    boolean leading = parts.getFirst() instanceof Literal;
    head = leading ? bytes((Literal) parts.getFirst()) : new byte[0];
    int first = leading ? 1 : 0;
    int captures = (parts.size() - first + 1) / 2;
    labels = new int[captures];
    literals = new byte[captures][];
    for (int i = 0; i < captures; i++) {
      var capture = (Capture) parts.get(first + 2 * i);
      labels[i] = capture.isNamed() ? names.id(capture.name()) : UNNAMED;
      int literal = first + 2 * i + 1;
      literals[i] = literal < parts.size() ? bytes((Literal) parts.get(literal)) : new byte[0];
    }
  }

  private static byte[] bytes(Literal literal) {
    return literal.text().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean apply(Row row) {
    row.labels.beginPass();
    byte[] b = row.line;
    int at = row.offset;
    int end = at + row.length;
    if (row.length < Math.max(1, head.length) || !ByteSearch.isAt(b, at, head)) {
      return true;
    }
    at += head.length;
    for (int i = 0; i < labels.length; i++) {
      byte[] literal = literals[i];
      int found = literal.length == 0 ? -1 : ByteSearch.indexOf(b, at, end, literal);
      int captureEnd = found < 0 ? end : found;
      if (labels[i] != UNNAMED) {
        texts.plain(b, at, captureEnd);
        row.labels.addParsed(labels[i], texts.bytes, texts.offset, texts.length);
      }
      if (found < 0) {
        break;
      }
      at = found + literal.length;
    }
    return true;
  }
}
