package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfilesQueryRunner.Exemplar;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Finds the profile or span with the largest value. One profile may come in several series, which
/// then count together; it has the labels that they share.
final class Largest {
  /// Bytes of one candidate, about.
  static final int MEMORY = 200;

  private record Key(ProfileId profile, long spanId) {}

  private final Map<Key, Exemplar> candidates = new HashMap<>();

  /// @param labels of the exemplar
  /// @return whether it is a candidate that was not there before
  boolean add(ProfileRows rows, int row, Labels labels) {
    var profile = new ProfileId(rows.idHighs()[row], rows.idLows()[row]);
    long span = rows.spanIds().length == 0 ? 0 : rows.spanIds()[row];
    if (profile.high() == 0 && profile.low() == 0 && span == 0) {
      return false;
    }
    var exemplar =
        new Exemplar(
            rows.timesNanos()[row],
            profile,
            span,
            rows.traceHighs().length == 0 ? 0 : rows.traceHighs()[row],
            rows.traceLows().length == 0 ? 0 : rows.traceLows()[row],
            rows.values()[row],
            labels);
    return candidates.merge(new Key(profile, span), exemplar, Largest::together) == exemplar;
  }

  private static Exemplar together(Exemplar a, Exemplar b) {
    return new Exemplar(
        Math.min(a.timeNanos(), b.timeNanos()),
        a.profile(),
        a.spanId(),
        a.traceHigh(),
        a.traceLow(),
        a.value() + b.value(),
        Grouping.common(a.labels(), b.labels()));
  }

  /// Of equal ones the earliest, then the one with the least id.
  Optional<Exemplar> best() {
    return candidates.values().stream().reduce((a, b) -> order(a, b) <= 0 ? a : b);
  }

  private static int order(Exemplar a, Exemplar b) {
    int order = Long.compare(b.value(), a.value());
    if (order == 0) {
      order = Long.compare(a.timeNanos(), b.timeNanos());
    }
    if (order == 0) {
      order = a.profile().compareTo(b.profile());
    }
    return order != 0 ? order : Long.compareUnsigned(a.spanId(), b.spanId());
  }
}
