package io.foursight.distributor.metrics;

import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What became of one write request.
///
/// @param samples stored, likewise `histograms` and `exemplars`
/// @param deduplicated samples and histograms that another HA replica delivers
/// @param rejections by reason: of decoding, validation and storage
public record PushOutcome(
    int samples, int histograms, int exemplars, int deduplicated, List<Rejection> rejections) {
  private static final int MAX_REASONS = 10;

  public PushOutcome {
    rejections = List.copyOf(rejections);
  }

  /// Whether HA deduplication dropped everything.
  boolean isDuplicate() {
    return deduplicated > 0 && samples + histograms + exemplars == 0 && rejections.isEmpty();
  }

  long rejectedItems() {
    return rejections.stream().mapToLong(Rejection::count).sum();
  }

  PushOutcome plusRejections(List<Rejection> more) {
    var all = new ArrayList<>(more);
    all.addAll(rejections);
    return new PushOutcome(samples, histograms, exemplars, deduplicated, all);
  }

  /// One line a reason: its first message, with the `err-mimir-*` id and the number of items.
  String message() {
    var text = new StringBuilder();
    int shown = Math.min(rejections.size(), MAX_REASONS);
    for (int i = 0; i < shown; i++) {
      Rejection r = rejections.get(i);
      text.append(i > 0 ? "\n" : "").append(r.message());
      if (!r.message().contains("err-mimir-")) {
        text.append(" (err-mimir-")
            .append(r.reason().toLowerCase(Locale.ROOT).replace('_', '-'))
            .append(')');
      }
      if (r.count() > 1) {
        text.append(" [").append(r.count()).append(" items were rejected for this reason]");
      }
    }
    if (rejections.size() > shown) {
      text.append("\n").append(rejections.size() - shown).append(" more reasons are left out");
    }
    return text.toString();
  }
}
