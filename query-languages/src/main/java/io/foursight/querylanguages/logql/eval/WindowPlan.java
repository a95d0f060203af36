package io.foursight.querylanguages.logql.eval;

import io.foursight.querylanguages.logql.ast.LogRange;
import java.math.BigInteger;

/// How the windows `(T - range, T]` of all steps are cut into cells, so that an entry is added once
/// and a window is put together from its cells:
///
/// ```
/// base        end of time before the first window, exclusive
/// cell c      (base + c * cellNanos, base + (c + 1) * cellNanos]
/// window i    cells i * cellsPerStep .. i * cellsPerStep + cellsPerWindow - 1
/// ```
///
/// A cell is as long as the greatest common divisor of range and step. Where that would make too
/// many cells, each window is one cell of its own (`overlapping`), and an entry is added to all
/// windows that it lies in.
record WindowPlan(
    StepTimes steps,
    long base,
    long rangeNanos,
    long cellNanos,
    int cells,
    int cellsPerWindow,
    int cellsPerStep,
    boolean overlapping) {
  private static final long MAX_CELLS = 1 << 20;
  private static final long MAX_CELLS_PER_WINDOW = 4096;

  static WindowPlan of(StepTimes steps, LogRange range) {
    long length = range.rangeNanos();
    long base = steps.startNanos() - range.offsetNanos() - length;
    int count = steps.count();
    if (steps.isInstant() || count <= 1) {
      return new WindowPlan(steps, base, length, length, count, 1, 1, false);
    }
    long cell =
        BigInteger.valueOf(length).gcd(BigInteger.valueOf(steps.stepNanos())).longValueExact();
    long perWindow = length / cell;
    long perStep = steps.stepNanos() / cell;
    if (perWindow > MAX_CELLS_PER_WINDOW
        || perStep > MAX_CELLS
        || (count - 1) * perStep + perWindow > MAX_CELLS) {
      return new WindowPlan(steps, base, length, length, count, 1, 1, true);
    }
    return new WindowPlan(
        steps,
        base,
        length,
        cell,
        (int) ((count - 1) * perStep + perWindow),
        (int) perWindow,
        (int) perStep,
        false);
  }

  /// The first time that counts.
  long firstNanos() {
    return base + 1;
  }

  /// The last time that counts, inclusive.
  long lastNanos() {
    return base + Math.max(0, steps.count() - 1) * steps.stepNanos() + rangeNanos;
  }

  /// The cell of a time between first and last; with gaps between windows it may be in none: then
  /// some cell that no window has.
  int cell(long timestampNanos) {
    return (int) ((timestampNanos - base - 1) / cellNanos);
  }

  /// For overlapping plans: the first window that a time lies in; past the last when in none.
  int firstWindow(long timestampNanos) {
    long behind = timestampNanos - rangeNanos - base;
    return behind <= 0 ? 0 : (int) Math.ceilDiv(behind, steps.stepNanos());
  }

  /// For overlapping plans: the last window that a time lies in.
  int lastWindow(long timestampNanos) {
    long window = Math.ceilDiv(timestampNanos - base, steps.stepNanos()) - 1;
    return (int) Math.min(window, steps.count() - 1);
  }
}
