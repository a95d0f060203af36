package io.foursight.ring;

/// Ends when closed; closing twice does nothing.
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
