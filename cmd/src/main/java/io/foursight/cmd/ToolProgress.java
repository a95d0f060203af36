package io.foursight.cmd;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/// Lines that tell how far a tool is, at most one a second where asked often.
final class ToolProgress {
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final PrintStream out;
  private long lastNanos = System.nanoTime();

  ToolProgress(PrintStream out) {
    this.out = out;
  }

  /// Now and then.
  void now(double fraction, String text) {
    if (System.nanoTime() - lastNanos >= PAUSE_NANOS) {
      line(fraction, text);
    }
  }

  /// Always.
  void line(double fraction, String text) {
    lastNanos = System.nanoTime();
    out.printf(Locale.ROOT, "[%5.1f%%] %s%n", 100 * Math.min(1, fraction), text);
    out.flush();
  }
}
