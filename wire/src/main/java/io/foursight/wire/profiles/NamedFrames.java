package io.foursight.wire.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.profiles.SymbolsInterner;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Frames of formats that have nothing but names, under the bounds of a profile. Owned by one
/// thread.
final class NamedFrames {
  private final SymbolsInterner symbols;
  private final PprofLimits limits;
  private final Map<String, Integer> locationOf = new HashMap<>();
  private final int[] function = new int[1];
  private final long[] line = new long[1];

  NamedFrames(SymbolsInterner symbols, PprofLimits limits) {
    this.symbols = symbols;
    this.limits = limits;
  }

  /// The stack of a frame below another; beyond the deepest allowed it is the caller's own.
  ///
  /// @param depth how many frames the parent has
  int below(int parent, int depth, String name) {
    if (isFull(depth)) {
      return parent;
    }
    return symbols.stack(parent, locationOf.computeIfAbsent(name, this::location));
  }

  boolean isFull(int depth) {
    return limits.maxDepth() > 0 && depth >= limits.maxDepth();
  }

  /// @throws FoursightException `TOO_LARGE`
  void checkSamples(int samples) {
    if (limits.maxSamples() > 0 && samples > limits.maxSamples()) {
      throw PprofDecoder.tooManySamples(samples, limits);
    }
  }

  private int location(String frame) {
    byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
    int cut = cut(bytes, 0, bytes.length, limits.maxSymbolLength());
    function[0] = symbols.function(symbols.string(bytes, cut, bytes.length - cut), 0, 0, 0);
    return symbols.location(-1, 0, function, line, 1);
  }

  /// How many bytes at the beginning of a name are too many; never inside a character.
  static int cut(byte[] bytes, int offset, int length, int max) {
    int cut = max == 0 ? 0 : Math.max(0, length - max);
    while (cut > 0 && cut < length && (bytes[offset + cut] & 0xc0) == 0x80) {
      cut++;
    }
    return cut;
  }
}
