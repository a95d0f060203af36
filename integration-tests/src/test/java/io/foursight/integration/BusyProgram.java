package io.foursight.integration;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A program to be profiled: one method keeps a processor busy until its input ends.
final class BusyProgram {
  private static final AtomicBoolean DONE = new AtomicBoolean();

  private BusyProgram() {}

  public static void main(String[] arguments) throws IOException {
    var busy = new Thread(BusyProgram::keepBusy, "busy");
    busy.start();
    while (System.in.read() >= 0) {
      // Whoever started it closes its input.
    }
    DONE.set(true);
  }

  private static void keepBusy() {
    long sum = 0;
    while (!DONE.get()) {
      sum = spin(sum);
    }
    if (sum == 42) {
      throw new IllegalStateException("by chance");
    }
  }

  private static long spin(long sum) {
    for (int i = 0; i < 100_000; i++) {
      sum = sum * 31 + Long.rotateLeft(sum, i);
    }
    return sum + 1;
  }
}
