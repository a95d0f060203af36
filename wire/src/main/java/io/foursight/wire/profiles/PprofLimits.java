package io.foursight.wire.profiles;

/// Bounds on one profile; 0 = none.
///
/// @param maxBytes uncompressed
/// @param maxSamples more are an error
/// @param maxDepth frames of a stack; those farthest from the root are cut off
/// @param maxSymbolLength bytes of a function's or file's name; its beginning is cut off
/// @param maxSampleLabels text labels of one sample; more are an error
public record PprofLimits(
    long maxBytes, int maxSamples, int maxDepth, int maxSymbolLength, int maxSampleLabels) {
  public static final PprofLimits NONE = new PprofLimits(0, 0, 0, 0, 0);
}
