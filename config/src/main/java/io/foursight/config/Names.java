package io.foursight.config;

import java.util.Collection;
import java.util.Optional;

/// How keys and flags are spelled, and which known one a wrong one is near to.
final class Names {
  private Names() {}

  /// `httpListenPort` -> `http_listen_port`; a run of capitals counts as one word.
  static String snake(String camel) {
    var out = new StringBuilder();
    for (int i = 0; i < camel.length(); i++) {
      char c = camel.charAt(i);
      if (Character.isUpperCase(c)) {
        boolean wordStarts =
            i > 0
                && (!Character.isUpperCase(camel.charAt(i - 1))
                    || (i + 1 < camel.length() && Character.isLowerCase(camel.charAt(i + 1))));
        if (wordStarts) {
          out.append('_');
        }
        out.append(Character.toLowerCase(c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /// `server.http_listen_port` -> `server.http-listen-port`.
  static String flag(String path) {
    return path.replace('_', '-');
  }

  /// `"; did you mean X?"`, or nothing when no known name is near.
  static String suggestion(String wrong, Collection<String> known, String prefix) {
    return nearest(wrong, known).map(n -> "; did you mean " + prefix + n + "?").orElse("");
  }

  /// The known name with the smallest edit distance, if it is small for the name's length; a known
  /// name whose last segment is near the wrong one's last segment counts as a second choice.
  static Optional<String> nearest(String wrong, Collection<String> known) {
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String name : known) {
      int whole = distance(wrong, name);
      int last = distance(lastSegment(wrong), lastSegment(name)) + 2;
      int d = Math.min(whole, last);
      if (d < bestDistance || (d == bestDistance && name.compareTo(best) < 0)) {
        bestDistance = d;
        best = name;
      }
    }
    int allowed = Math.max(2, lastSegment(wrong).length() / 3 + 1);
    return bestDistance <= allowed ? Optional.of(best) : Optional.empty();
  }

  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(previous[j], row[j - 1]));
      }
      int[] swap = previous;
      previous = row;
      row = swap;
    }
    return previous[b.length()];
  }

  private static String lastSegment(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
