package io.foursight.config;

import io.foursight.model.FoursightException;
import java.util.Map;

/// Matches a YAML document to keys.
final class KeyBinder {
  private final Map<String, Key> keys;

  KeyBinder(Map<String, Key> keys) {
    this.keys = keys;
  }

  /// @param into typed values by path
  void bind(RawValue.Entries document, Map<String, Object> into) {
    bindSection("", document, into);
  }

  void bindSection(String prefix, RawValue.Entries section, Map<String, Object> into) {
    section
        .entries()
        .forEach((name, raw) -> {
          String path = prefix + name;
          Key key = keys.get(path);
          if (key != null) {
            if (!(raw instanceof RawValue.Nothing)) {
              into.put(path, read(key, raw));
            }
          } else if (isSection(path)) {
            bindNested(path, raw, into);
          } else {
            throw FoursightException.badData(
                raw.place()
                    + ": unknown key \""
                    + path
                    + "\""
                    + Names.suggestion(path, keys.keySet(), ""));
          }
        });
  }

  private void bindNested(String path, RawValue raw, Map<String, Object> into) {
    switch (raw) {
      case RawValue.Entries nested -> bindSection(path + ".", nested, into);
      case RawValue.Nothing nothing -> {}
      case RawValue.Text text -> throw notASection(path, raw);
      case RawValue.Items items -> throw notASection(path, raw);
    }
  }

  private static FoursightException notASection(String path, RawValue raw) {
    return FoursightException.badData(
        raw.place() + ": \"" + path + "\" is a section, expected keys below it");
  }

  private boolean isSection(String path) {
    return keys.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
  }

  static Object read(Key key, RawValue raw) {
    try {
      return key.type().read(raw);
    } catch (FoursightException e) {
      throw new FoursightException(
          e.kind(), raw.place() + ": " + key.path() + ": " + e.getMessage(), e);
    }
  }
}
