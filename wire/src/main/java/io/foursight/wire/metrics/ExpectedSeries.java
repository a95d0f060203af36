package io.foursight.wire.metrics;

/// What a decoder asks about the series that it comes to, in their order: senders repeat theirs, so
/// the label bytes of most can be told without walking over them. Owned by one thread.
public interface ExpectedSeries {
  /// Knows nothing and remembers nothing.
  ExpectedSeries NONE =
      new ExpectedSeries() {
        @Override
        public int match(byte[] body, int offset, int limit) {
          return -1;
        }

        @Override
        public void labels(byte[] body, int offset, int length) {}
      };

  /// Begins the next series, which starts at `offset` of the body and ends at `limit`.
  ///
  /// @return the length of its label bytes, when they are for certain those of a run of label
  ///   fields seen before and no further label field follows at once; else -1, and [#labels(byte[],
  ///   int, int)] is the next call
  int match(byte[] body, int offset, int limit);

  /// The label bytes of the series begun last; again when more labels were found behind the
  /// samples.
  void labels(byte[] body, int offset, int length);
}
