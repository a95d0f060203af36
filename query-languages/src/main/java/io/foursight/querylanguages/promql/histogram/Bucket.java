package io.foursight.querylanguages.promql.histogram;

/// A bucket with its bounds. Which bounds are inclusive does not matter to interpolation.
public record Bucket(double lower, double upper, double count) {
  boolean spansZero() {
    return lower <= 0 && upper >= 0;
  }
}
