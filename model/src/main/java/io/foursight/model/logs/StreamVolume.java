package io.foursight.model.logs;

import io.foursight.model.Labels;

/// Bytes and entries of one stream by bucket of time.
public record StreamVolume(Labels labels, long[] bytes, long[] entries) {}
