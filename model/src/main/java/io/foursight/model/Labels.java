package io.foursight.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// An immutable label set: `name, value, name, value, ...` in one array, sorted by name in Unicode
/// code point order (which is the order of the UTF-8 bytes), names distinct, no empty values (an
/// empty value is the same as an absent label). Compares as Prometheus does: name by name, value by
/// value, then the shorter set first.
public final class Labels implements Comparable<Labels> {
  public static final String METRIC_NAME = "__name__";
  public static final Labels EMPTY = new Labels(new String[0]);

  private final String[] pairs;
  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /// Takes `name, value` pairs in any order; later values win, empty values are left out.
  public static Labels of(String... pairs) {
    if (pairs.length % 2 != 0) {
      throw new IllegalArgumentException("labels need pairs, got " + pairs.length + " strings");
    }
    var sorted = new TreeMap<String, String>(Labels::compareText);
    for (int i = 0; i < pairs.length; i += 2) {
      sorted.put(pairs[i], pairs[i + 1]);
    }
    return of(sorted);
  }

  public static Labels of(Map<String, String> map) {
    var sorted = new TreeMap<String, String>(Labels::compareText);
    sorted.putAll(map);
    var out = new ArrayList<String>(2 * sorted.size());
    sorted.forEach((name, value) -> {
      if (!value.isEmpty()) {
        out.add(name);
        out.add(value);
      }
    });
    return out.isEmpty() ? EMPTY : new Labels(out.toArray(new String[0]));
  }

  /// Wraps an array that already obeys the class invariant; the caller gives it away. For storage,
  /// where names are kept sorted.
  public static Labels ofSorted(String[] pairs) {
    return pairs.length == 0 ? EMPTY : new Labels(pairs);
  }

  /// Code point order, equal to the order of the UTF-8 bytes; differs from `String.compareTo` only
  /// where surrogates meet characters above U+D7FF.
  public static int compareText(String a, String b) {
    int n = Math.min(a.length(), b.length());
    for (int i = 0; i < n; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean sx = Character.isSurrogate(x);
        boolean sy = Character.isSurrogate(y);
        return sx == sy ? x - y : sx ? 1 : -1;
      }
    }
    return a.length() - b.length();
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  public String name(int index) {
    return pairs[2 * index];
  }

  public String value(int index) {
    return pairs[2 * index + 1];
  }

  /// The value of `name`, or the empty string when absent.
  public String get(String name) {
    int i = find(name);
    return i < 0 ? "" : pairs[i + 1];
  }

  public boolean has(String name) {
    return find(name) >= 0;
  }

  private int find(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      String candidate = pairs[i];
      if (candidate.equals(name)) {
        return i;
      }
    }
    return -1;
  }

  public String metricName() {
    return get(METRIC_NAME);
  }

  public void forEach(BiConsumer<String, String> consumer) {
    for (int i = 0; i < pairs.length; i += 2) {
      consumer.accept(pairs[i], pairs[i + 1]);
    }
  }

  /// Only the named labels.
  public Labels keep(Collection<String> names) {
    return filter(names, true);
  }

  /// All but the named labels.
  public Labels drop(Collection<String> names) {
    return filter(names, false);
  }

  public Labels drop(String name) {
    return has(name) ? filter(Set.of(name), false) : this;
  }

  private Labels filter(Collection<String> names, boolean keepNamed) {
    var out = new String[pairs.length];
    int n = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.contains(pairs[i]) == keepNamed) {
        out[n++] = pairs[i];
        out[n++] = pairs[i + 1];
      }
    }
    return n == pairs.length ? this : ofSorted(Arrays.copyOf(out, n));
  }

  /// A copy with one label set; an empty value removes it.
  public Labels with(String name, String value) {
    int i = find(name);
    if (value.isEmpty()) {
      return i < 0 ? this : drop(name);
    }
    if (i >= 0) {
      if (pairs[i + 1].equals(value)) {
        return this;
      }
      var copy = pairs.clone();
      copy[i + 1] = value;
      return new Labels(copy);
    }
    int at = 0;
    while (at < pairs.length && compareText(pairs[at], name) < 0) {
      at += 2;
    }
    var copy = new String[pairs.length + 2];
    System.arraycopy(pairs, 0, copy, 0, at);
    copy[at] = name;
    copy[at + 1] = value;
    System.arraycopy(pairs, at, copy, at + 2, pairs.length - at);
    return new Labels(copy);
  }

  public Map<String, String> toMap() {
    var map = new TreeMap<String, String>(Labels::compareText);
    forEach(map::put);
    return map;
  }

  public List<String> names() {
    var names = new ArrayList<String>(size());
    for (int i = 0; i < pairs.length; i += 2) {
      names.add(pairs[i]);
    }
    return names;
  }

  @Override
  public int compareTo(Labels other) {
    int n = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < n; i++) {
      String a = pairs[i];
      String b = other.pairs[i];
      // Identity first: label strings are shared symbols on most paths. Equality next: strings of
      // different shards are mostly equal, and `equals` compares many bytes at once.
      if (a != b && !a.equals(b)) {
        int c = compareText(a, b);
        if (c != 0) {
          return c;
        }
      }
    }
    return pairs.length - other.pairs.length;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Labels other && Arrays.equals(pairs, other.pairs);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  /// `{a="b", c="d"}` with Go-like quoting: for logs and tests, not a wire format.
  @Override
  public String toString() {
    var out = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      if (i > 0) {
        out.append(", ");
      }
      out.append(pairs[i]).append("=\"");
      out.append(pairs[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
      out.append('"');
    }
    return out.append('}').toString();
  }
}
