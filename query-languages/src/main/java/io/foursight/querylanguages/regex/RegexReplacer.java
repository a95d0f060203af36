package io.foursight.querylanguages.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Optional;

/// A fully anchored expression with capture groups whose match fills a template ([GoExpand]):
/// `label_replace`. Safe from any thread.
public final class RegexReplacer {
  private final Pattern pattern;

  private RegexReplacer(Pattern pattern) {
    this.pattern = pattern;
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` for a malformed expression
  public static RegexReplacer compile(String expression) {
    RegexParser.parse(expression, true);
    return new RegexReplacer(RegexMatcher.pattern(expression));
  }

  /// The filled template, or empty when the text does not match.
  public Optional<String> replace(String text, String template) {
    Matcher matcher = pattern.matcher(text);
    return matcher.matches() ? Optional.of(GoExpand.expand(template, matcher)) : Optional.empty();
  }
}
