package io.foursight.querylanguages.logql.parse;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.foursight.querylanguages.logql.ast.CapturePattern;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/// The captures of `regexp` and `pattern` stages: some must be named, none twice.
final class CaptureNames {
  private CaptureNames() {}

  static void ofRegexp(String expression) {
    Collection<String> names;
    try {
      names = Pattern.compile(expression).namedGroups().keySet();
    } catch (PatternSyntaxException e) {
      throw LogqlParseException.of("invalid regexp parser: " + e.getMessage());
    } catch (StackOverflowError e) {
      throw LogqlParseException.of("error parsing regexp: expression nests too deeply");
    }
    if (names.isEmpty()) {
      throw LogqlParseException.of(
          "invalid regexp parser: at least one named capture must be supplied");
    }
  }

  static void ofPattern(String text) {
    CapturePattern pattern = CapturePattern.of(text);
    List<String> names = pattern.names();
    if (names.isEmpty()) {
      throw LogqlParseException.of("invalid pattern parser: at least one capture is required");
    }
    if (pattern.hasAdjacentCaptures()) {
      throw LogqlParseException.of(
          "invalid pattern parser: found consecutive capture '"
              + text
              + "', a literal must be between captures: invalid expression");
    }
    var seen = new HashSet<String>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw LogqlParseException.of("duplicate capture name (" + name + "): " + text);
      }
    }
  }
}
