package io.foursight.model.metrics;

import io.foursight.model.Labels;
import java.util.List;

/// The exemplars of one series, ascending by time, no two equal.
public record ExemplarSeries(Labels labels, List<Exemplar> exemplars) {
  public ExemplarSeries {
    exemplars = List.copyOf(exemplars);
  }
}
