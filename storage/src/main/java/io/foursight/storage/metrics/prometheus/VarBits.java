package io.foursight.storage.metrics.prometheus;

/// Widths of the "varbit" numbers of histogram chunks.
final class VarBits {
  static final int[] WIDTHS = {0, 3, 6, 9, 12, 18, 25, 56, 64};

  private VarBits() {}
}
