package io.foursight.model.metrics;

import io.foursight.model.Labels;

/// One exemplar of a series: its own labels (`trace_id`, ...), a value and a time.
public record Exemplar(Labels labels, double value, long timestampMillis) {}
