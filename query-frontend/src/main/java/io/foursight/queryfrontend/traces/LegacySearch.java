package io.foursight.queryfrontend.traces;

import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A search by tags, from before TraceQL, as TraceQL: each tag may be met by another span of the
/// trace.
final class LegacySearch {
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

  private LegacySearch() {}

  /// Reads `key=value key2="a b"`.
  ///
  /// @throws FoursightException `BAD_DATA`
  static Map<String, String> logfmt(String text) {
    var tags = new LinkedHashMap<String, String>();
    int i = 0;
    while (i < text.length()) {
      if (Character.isWhitespace(text.charAt(i))) {
        i++;
        continue;
      }
      int equals = text.indexOf('=', i);
      if (equals <= i || text.substring(i, equals).chars().anyMatch(Character::isWhitespace)) {
        throw FoursightException.badData(
            "invalid tags: expected key=value at position " + (i + 1) + " of \"" + text + "\"");
      }
      String key = text.substring(i, equals);
      i = equals + 1;
      var value = new StringBuilder();
      if (i < text.length() && text.charAt(i) == '"') {
        i++;
        while (i < text.length() && text.charAt(i) != '"') {
          if (text.charAt(i) == '\\' && i + 1 < text.length()) {
            i++;
          }
          value.append(text.charAt(i++));
        }
        if (i == text.length()) {
          throw FoursightException.badData("invalid tags: unterminated quote in \"" + text + "\"");
        }
        i++;
      } else {
        while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
          value.append(text.charAt(i++));
        }
      }
      tags.put(key, value.toString());
    }
    return tags;
  }

  /// @param min of the trace; zero = none
  /// @param max likewise
  static String traceql(Map<String, String> tags, Duration min, Duration max) {
    var sets = new ArrayList<String>();
    tags.forEach((key, value) -> sets.add(condition(key, value)));
    List<String> bounds = new ArrayList<>();
    if (!min.isZero()) {
      bounds.add("traceDuration >= " + min.toNanos() + "ns");
    }
    if (!max.isZero()) {
      bounds.add("traceDuration <= " + max.toNanos() + "ns");
    }
    if (sets.isEmpty()) {
      return "{ " + String.join(" && ", bounds) + " }";
    }
    if (!bounds.isEmpty()) {
      sets.set(0, "(" + sets.getFirst() + ") && " + String.join(" && ", bounds));
    }
    return "{ " + String.join(" } && { ", sets) + " }";
  }

  private static String condition(String key, String value) {
    String text = quoted(value);
    return switch (key) {
      case "name" -> "name = " + text;
      case "root.name" -> "rootName = " + text;
      case "root.service.name" -> "rootServiceName = " + text;
      case "status.code" ->
          switch (value) {
            case "ok", "error", "unset" -> "status = " + value;
            default -> attribute(key, value);
          };
      case "error" ->
          value.equals("true")
              ? "status = error || " + attribute(key, value)
              : attribute(key, value);
      default -> attribute(key, value);
    };
  }

  private static String attribute(String key, String value) {
    String field = "." + quotedName(key);
    String condition = field + " = " + quoted(value);
    if (NUMBER.matcher(value).matches() || value.equals("true") || value.equals("false")) {
      return "(" + condition + " || " + field + " = " + value + ")";
    }
    return condition;
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /// A name behind a scope and its dot, in quotes where TraceQL needs them.
  static String quotedName(String name) {
    boolean plain =
        !name.isEmpty()
            && name.chars()
                .noneMatch(c -> Character.isWhitespace(c) || "{}()=~!<>&|^,\"\\`".indexOf(c) >= 0);
    return plain ? name : quoted(name);
  }
}
