package io.foursight.querylanguages.regex;

import com.google.re2j.Matcher;

/// Fills `$1`, `${1}`, `$name`, `${name}` and `$$` of a replacement as Go's `regexp.Expand` does:
/// an unknown group is empty, a lone dollar sign stays. Stateless.
public final class GoExpand {
  private GoExpand() {}

  public static String expand(String template, Matcher matcher) {
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
      while (end < template.length()
          && (template.charAt(end) == '_' || Character.isLetterOrDigit(template.charAt(end)))) {
        end++;
      }
      if (end == start || (braces && (end == template.length() || template.charAt(end) != '}'))) {
        out.append(c);
        i++;
        continue;
      }
      out.append(group(matcher, template.substring(start, end)));
      i = braces ? end + 1 : end;
    }
    return out.toString();
  }

  private static String group(Matcher matcher, String name) {
    int index = -1;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      index = name.length() > 8 ? -1 : Integer.parseInt(name);
    } else {
      index = matcher.pattern().namedGroups().getOrDefault(name, -1);
    }
    String value = index < 0 || index > matcher.groupCount() ? "" : matcher.group(index);
    return value == null ? "" : value;
  }
}
