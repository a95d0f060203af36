package io.foursight.wire.logs;

import io.foursight.model.Labels;

/// What the label text of a stream came to: labels, or why it cannot be a stream. One bad stream
/// does not spoil its request, so this is a value and no exception.
///
/// @param labels empty when refused
/// @param reason why it is refused, as Loki counts it (`invalid_labels`, `duplicate_label_names`,
///   `missing_labels`); empty when it is not
/// @param text the labels as sent, for messages; empty when not refused
/// @param message what is wrong; empty when not refused
public record StreamLabels(Labels labels, String reason, String text, String message) {
  public static final String INVALID = "invalid_labels";
  public static final String DUPLICATE = "duplicate_label_names";
  public static final String MISSING = "missing_labels";

  static StreamLabels of(Labels labels) {
    return labels.isEmpty()
        ? refused(MISSING, "{}", "error at least one label pair is required per stream")
        : new StreamLabels(labels, "", "", "");
  }

  static StreamLabels refused(String reason, String text, String message) {
    return new StreamLabels(Labels.EMPTY, reason, text, message);
  }

  public boolean isRefused() {
    return !reason.isEmpty();
  }
}
