package io.foursight.querylanguages.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Map;
import java.util.Optional;

/// A fully anchored expression with capture groups whose match fills a template: `label_replace`.
/// Templates follow Go's `regexp.Expand`: `$1`, `${1}`, `$name`, `${name}`, `$$`; an unknown or
/// unmatched group is empty. Safe from any thread.
public final class RegexReplacer {
  private final Pattern pattern;
  private final Map<String, Integer> names;

  private RegexReplacer(Pattern pattern) {
    this.pattern = pattern;
    this.names = pattern.namedGroups();
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` for a malformed expression
  public static RegexReplacer compile(String expression) {
    RegexParser.parse(expression, true);
    return new RegexReplacer(RegexMatcher.pattern(expression));
  }

  /// The filled template, or empty when the text does not match.
  public Optional<String> replace(String text, String template) {
    Matcher matcher = pattern.matcher(text);
    return matcher.matches() ? Optional.of(expand(matcher, template)) : Optional.empty();
  }

  private String expand(Matcher matcher, String template) {
    var out = new StringBuilder();
    int i = 0;
    while (i < template.length()) {
      char c = template.charAt(i);
      if (c != '$' || i + 1 == template.length()) {
        out.append(c);
        i++;
        continue;
      }
      if (template.charAt(i + 1) == '$') {
        out.append('$');
        i += 2;
        continue;
      }
      boolean braces = template.charAt(i + 1) == '{';
      int start = i + (braces ? 2 : 1);
      int end = start;
      while (end < template.length() && isWord(template.charAt(end))) {
        end++;
      }
      if (end == start || braces && (end == template.length() || template.charAt(end) != '}')) {
        out.append(c);
        i++;
        continue;
      }
      out.append(group(matcher, template.substring(start, end)));
      i = braces ? end + 1 : end;
    }
    return out.toString();
  }

  private static boolean isWord(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private String group(Matcher matcher, String name) {
    int index = -1;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      index = name.length() > 8 ? -1 : Integer.parseInt(name);
    } else if (names.containsKey(name)) {
      index = names.get(name);
    }
    if (index < 0 || index > matcher.groupCount()) {
      return "";
    }
    String value = matcher.group(index);
    return value == null ? "" : value;
  }
}
