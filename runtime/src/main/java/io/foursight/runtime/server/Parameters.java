package io.foursight.runtime.server;

import io.foursight.model.FoursightException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Parameters of a URL query and of a form body (`application/x-www-form-urlencoded`).
final class Parameters {
  private static final int MAX_COUNT = 10_000;

  private Parameters() {}

  /// Values in the order of the texts.
  static Map<String, List<String>> parse(String query, String form) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    int[] count = {0};
    add(query, values, count);
    add(form, values, count);
    values.replaceAll((name, list) -> Collections.unmodifiableList(list));
    return Collections.unmodifiableMap(values);
  }

  private static void add(String text, Map<String, List<String>> values, int[] count) {
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('&', start);
      end = end < 0 ? text.length() : end;
      int equals = text.indexOf('=', start);
      boolean hasValue = equals >= 0 && equals < end;
      if (end > start) {
        if (++count[0] > MAX_COUNT) {
          throw FoursightException.badData(
              "the request has more than " + MAX_COUNT + " parameters");
        }
        String name = decode(text.substring(start, hasValue ? equals : end));
        String value = hasValue ? decode(text.substring(equals + 1, end)) : "";
        values.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw FoursightException.badData("a parameter is not valid URL encoding: " + e.getMessage());
    }
  }
}
