package io.foursight.distributor.profiles;

import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.profiles.PprofLimits;
import io.foursight.wire.profiles.ProfileRefusals;

/// What one push is decoded into. Owned by one thread, used once: symbols of pushes differ so much
/// in number that arrays which stay would all grow to the largest.
final class ProfilesScratch {
  final SymbolsInterner symbols = new SymbolsInterner(new ProfileSymbols());
  final ProfilesBatch batch = new ProfilesBatch(symbols.symbols());
  final ProfileRefusals refusals = new ProfileRefusals();
  final PprofLimits limits;
  final long nowNanos;

  ProfilesScratch(PprofLimits limits, long nowNanos) {
    this.limits = limits;
    this.nowNanos = nowNanos;
  }
}
