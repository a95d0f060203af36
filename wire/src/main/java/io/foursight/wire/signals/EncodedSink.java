package io.foursight.wire.signals;

/// A Sink for batches that a signal's codec encoded: one encoding may go to several of them, and
/// outlives the call. Safe from any thread; errors as those of the signal's Sink.
///
/// @param <R> what became of a batch
@FunctionalInterface
public interface EncodedSink<R> {
  R write(byte[] encoded);
}
