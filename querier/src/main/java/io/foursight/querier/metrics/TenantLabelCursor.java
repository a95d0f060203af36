package io.foursight.querier.metrics;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Adds the tenant's label to every series and restores the order of labels, which the new label
/// can disturb: `{a}` comes before `{a, b}`, but `{a, t}` after `{a, b, t}`.
///
/// Only a label set and its extensions can change places, and extensions follow it without a gap;
/// so a series may go out as soon as one that was read later sorts behind it. What waits is held
/// with its samples, usually one series, and charged to the budget.
final class TenantLabelCursor implements SeriesCursor {
  private record Held(Labels labels, SampleColumns samples, long charged) {}

  private final SeriesCursor input;
  private final TenantId tenant;
  private final boolean withSamples;
  private final boolean sortAll;
  private final QueryBudget budget;
  private final PriorityQueue<Held> held = new PriorityQueue<>(Comparator.comparing(Held::labels));
  private Held last;
  private Held current;
  private boolean exhausted;

  TenantLabelCursor(
      SeriesCursor input,
      TenantId tenant,
      boolean withSamples,
      boolean sortAll,
      QueryBudget budget) {
    this.input = input;
    this.tenant = tenant;
    this.withSamples = withSamples;
    this.sortAll = sortAll;
    this.budget = budget;
  }

  @Override
  public boolean next() {
    letGo();
    while (!exhausted && (sortAll || held.isEmpty() || held.peek() == last)) {
      pull();
    }
    current = held.poll();
    return current != null;
  }

  private void pull() {
    if (!input.next()) {
      exhausted = true;
      return;
    }
    var samples = new SampleColumns();
    if (withSamples) {
      input.samples(samples);
    }
    long bytes = samples.sizeBytes();
    budget.charge(bytes);
    last = new Held(FederatedMetricsSource.labelled(input.labels(), tenant), samples, bytes);
    held.add(last);
  }

  private void letGo() {
    if (current != null) {
      budget.release(current.charged);
      current = null;
    }
  }

  @Override
  public Labels labels() {
    return current.labels;
  }

  @Override
  public void samples(SampleColumns into) {
    into.clear();
    into.reserve(current.samples.size());
    for (int i = 0; i < current.samples.size(); i++) {
      into.addFrom(current.samples, i);
    }
  }

  @Override
  public void close() {
    letGo();
    held.forEach(h -> budget.release(h.charged));
    held.clear();
    exhausted = true;
    input.close();
  }
}
