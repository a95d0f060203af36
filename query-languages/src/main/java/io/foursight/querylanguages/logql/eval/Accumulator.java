package io.foursight.querylanguages.logql.eval;

/// What is kept of one series while a range aggregation runs over entries in any order. Owned by
/// one thread at a time.
interface Accumulator {
  /// @param timestampNanos inside the plan's first and last time
  void add(long timestampNanos, double value);

  /// Takes over what another of the same kind and plan has collected; what was added here counts as
  /// older where times are equal.
  void merge(Accumulator other);

  /// The value of each window, [SampleSeries#ABSENT] where it is empty.
  double[] values();

  /// Heap bytes, for budgets; grows while adding where all samples are kept.
  long sizeBytes();
}
