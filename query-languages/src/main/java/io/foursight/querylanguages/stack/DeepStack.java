package io.foursight.querylanguages.stack;

import java.util.function.Supplier;

/// Runs work that recurses over a tree: on the caller's thread where the tree is shallow, as nearly
/// all are, else on a thread of its own whose stack is sized for the depth. So a chain of 20,000
/// operators is parsed, planned, evaluated and printed by the same plain recursion as any other
/// query. What calls it bounds the depth.
///
/// The caller waits; an interrupt is handed on to the work, and is set again on the caller when the
/// work is done. Whatever the work throws is thrown to the caller. Stateless; safe from any thread.
public final class DeepStack {
  /// Levels that fit on any thread's stack.
  public static final int SHALLOW = 200;

  /// Room for one level; evaluation needs most, at most a third of this once it is compiled.
  private static final int LEVEL_BYTES = 8 << 10;

  private static final int BASE_BYTES = 1 << 20;

  private DeepStack() {}

  /// The memory that work over a tree of so many levels may take for its stack.
  public static long bytes(int levels) {
    return levels <= SHALLOW ? 0 : BASE_BYTES + (long) levels * LEVEL_BYTES;
  }

  /// @param levels the depth of the tree, or more
  public static <T> T call(int levels, Supplier<T> work) {
    boolean fits =
        levels <= SHALLOW || (Thread.currentThread() instanceof Deep deep && deep.levels >= levels);
    return fits ? work.get() : new Deep<>(levels, work).result();
  }

  private static final class Deep<T> extends Thread {
    private final int levels;
    private final Supplier<T> work;
    private T result;
    private Throwable failure;

    private Deep(int levels, Supplier<T> work) {
      super(null, null, Thread.currentThread().getName() + "-deep", bytes(levels), false);
      this.levels = levels;
      this.work = work;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        result = work.get();
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    private T result() {
      start();
      boolean interrupted = false;
      while (true) {
        try {
          join();
          break;
        } catch (InterruptedException _) {
          interrupted = true;
          interrupt();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      switch (failure) {
        case null -> {
          return result;
        }
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }
  }
}
