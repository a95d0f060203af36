package io.foursight.distributor;

import java.util.function.IntSupplier;

/// How much of a tenant's rate one distributor grants: of several, each an equal part, so that the
/// rate holds for all of them together however many there are. Bursts are not shared: a request
/// meets one distributor whole.
///
/// @param distributors how many are at work now, this one included
public record RateShare(IntSupplier distributors) {
  /// For a distributor that is the only one.
  public static final RateShare WHOLE = new RateShare(() -> 1);

  public double of(double rate) {
    return rate / Math.max(1, distributors.getAsInt());
  }
}
