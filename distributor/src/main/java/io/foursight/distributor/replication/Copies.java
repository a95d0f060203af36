package io.foursight.distributor.replication;

import io.foursight.distributor.replication.QuorumWriter.Answer;
import java.util.List;

/// How many replicas answered for each item on average. Replicas refuse alike, so that a count
/// summed over the answers and divided by this is what one Sink would have counted.
public record Copies(double perItem) {
  public static Copies of(List<? extends Answer<?>> answers, int items) {
    long answered = 0;
    for (Answer<?> answer : answers) {
      answered += answer.items();
    }
    return new Copies((double) answered / Math.max(1, items));
  }

  /// One copy's share of a sum over all answers, rounded.
  public long share(long sum) {
    return Math.round(sum / perItem);
  }
}
