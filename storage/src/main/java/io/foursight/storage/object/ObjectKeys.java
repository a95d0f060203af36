package io.foursight.storage.object;

import io.foursight.model.FoursightException;

/// The rule of keys and prefixes, checked by every store in the same words.
final class ObjectKeys {
  /// The bound of S3, in UTF-16 units here because our keys are ASCII.
  static final int MAX_LENGTH = 1024;

  private ObjectKeys() {}

  /// @return the key
  /// @throws FoursightException `BAD_DATA` with the key and the reason
  static String checkKey(String key) {
    if (key.isEmpty()) {
      throw bad(key, "is empty");
    }
    if (key.length() > MAX_LENGTH) {
      throw bad(
          key.substring(0, 64) + "...",
          "is too long: " + key.length() + " characters, the maximum is " + MAX_LENGTH);
    }
    int start = 0;
    for (int i = 0; i <= key.length(); i++) {
      if (i == key.length() || key.charAt(i) == '/') {
        String segment = key.substring(start, i);
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
          throw bad(key, "has the segment \"" + segment + "\" at position " + start);
        }
        start = i + 1;
      } else if (key.charAt(i) < 0x20 || key.charAt(i) == 0x7f || key.charAt(i) == '\\') {
        throw bad(key, "has an unsupported character at position " + i);
      }
    }
    return key;
  }

  /// A prefix of keys: empty, or what may begin a key.
  static String checkPrefix(String prefix) {
    if (!prefix.isEmpty()) {
      checkKey(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    }
    return prefix;
  }

  static String checkFolder(String prefix) {
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw bad(prefix, "is not a folder: it must be empty or end in /");
    }
    return checkPrefix(prefix);
  }

  static void checkRange(String key, long offset, int length) {
    if (offset < 0 || length < 0) {
      throw bad(key, "was asked for a bad range: offset " + offset + ", length " + length);
    }
  }

  private static FoursightException bad(String key, String why) {
    return FoursightException.badData("object key \"" + key + "\" " + why);
  }
}
