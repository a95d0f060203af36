package io.foursight.distributor.logs;

import io.foursight.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The levels that `detected_level` may name, and the words that senders write for them.
enum LogLevel {
  TRACE("trace", "trc"),
  DEBUG("debug", "dbg"),
  INFO("info", "inf"),
  WARN("warn", "wrn", "warning"),
  ERROR("error", "err"),
  CRITICAL("critical"),
  FATAL("fatal"),
  UNKNOWN();

  static final String NAME = "detected_level";

  private static final int MAX_WORD = 8;
  private static final LogLevel[] ALL = values();
  private static final boolean[] FIRST = new boolean[128];

  private final long[] words;
  final byte[] text = name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);

  LogLevel(String... words) {
    this.words = new long[words.length];
    for (int i = 0; i < words.length; i++) {
      byte[] word = words[i].getBytes(StandardCharsets.US_ASCII);
      this.words[i] = packed(word, 0, word.length);
    }
  }

  static {
    for (LogLevel level : ALL) {
      for (long word : level.words) {
        int first = (int) (word >>> 8 * (7 - Long.numberOfLeadingZeros(word) / 8)) & 0x7f;
        FIRST[first] = true;
        FIRST[Character.toUpperCase(first)] = true;
      }
    }
  }

  /// Whether a word with this first byte may be a level.
  static boolean mayStart(byte first) {
    return first >= 0 && FIRST[first];
  }

  /// In lower case, the first byte highest; 0 for what is too long or empty.
  private static long packed(byte[] bytes, int offset, int length) {
    if (length > MAX_WORD) {
      return 0;
    }
    long word = 0;
    for (int i = offset; i < offset + length; i++) {
      int b = bytes[i];
      word = word << 8 | (b >= 'A' && b <= 'Z' ? b + 32 : b & 0xff);
    }
    return word;
  }

  /// The level that a word means, in any case; [#UNKNOWN] when it means none.
  static LogLevel of(byte[] bytes, int offset, int length) {
    long word = packed(bytes, offset, length);
    if (word != 0) {
      for (LogLevel level : ALL) {
        for (long known : level.words) {
          if (known == word) {
            return level;
          }
        }
      }
    }
    return UNKNOWN;
  }

  static LogLevel of(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    return of(bytes, 0, bytes.length);
  }

  /// OpenTelemetry's severity numbers, 1 to 24 in fours.
  static LogLevel ofSeverity(int number) {
    if (number < 1 || number > 24) {
      return UNKNOWN;
    }
    return switch ((number - 1) / 4) {
      case 0 -> TRACE;
      case 1 -> DEBUG;
      case 2 -> INFO;
      case 3 -> WARN;
      case 4 -> ERROR;
      default -> FATAL;
    };
  }

  /// The level that a stream's labels say, by the first of the names that is there.
  static LogLevel of(Labels labels, Iterable<String> names) {
    for (String name : names) {
      String value = labels.get(name);
      if (!value.isEmpty()) {
        LogLevel level = of(value);
        if (level != UNKNOWN) {
          return level;
        }
      }
    }
    return UNKNOWN;
  }
}
