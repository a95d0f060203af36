package io.foursight.querier.metrics;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/// Several tenants read as one, as Mimir's tenant federation does: every series gets the label
/// `__tenant_id__` (one that it had is renamed `original___tenant_id__`), and a matcher on that
/// label chooses among the tenants. The tenant of a select is ignored. Safe from any thread.
public final class FederatedMetricsSource implements MetricsSource {
  public static final String TENANT_LABEL = "__tenant_id__";
  public static final String ORIGINAL_LABEL = "original_" + TENANT_LABEL;

  private final MetricsSource source;
  private final List<TenantId> tenants;

  public FederatedMetricsSource(MetricsSource source, List<TenantId> tenants) {
    this.source = source;
    this.tenants = List.copyOf(tenants);
  }

  /// `labels` of a series of `tenant` as the federation shows them.
  static Labels labelled(Labels labels, TenantId tenant) {
    String original = labels.get(TENANT_LABEL);
    return (original.isEmpty() ? labels : labels.with(ORIGINAL_LABEL, original))
        .with(TENANT_LABEL, tenant.value());
  }

  private List<TenantId> chosen(MetricsSelect select) {
    return tenants.stream()
        .filter(tenant ->
            select.matchers().stream()
                .filter(m -> m.name().equals(TENANT_LABEL))
                .allMatch(m -> m.matches(tenant.value())))
        .toList();
  }

  private static MetricsSelect narrowed(MetricsSelect select, TenantId tenant) {
    List<LabelMatcher> matchers =
        select.matchers().stream()
            .filter(m -> !m.name().equals(TENANT_LABEL))
            .map(m ->
                m.name().equals(ORIGINAL_LABEL)
                    ? new LabelMatcher(m.type(), TENANT_LABEL, m.value(), m.matcher())
                    : m)
            .toList();
    return new MetricsSelect(
        tenant, select.range(), matchers, select.hints().with(Delivery.ASCENDING), select.budget());
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return merged(select, true, MetricsSource::select);
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return merged(select, false, MetricsSource::series);
  }

  private SeriesCursor merged(
      MetricsSelect select,
      boolean samples,
      BiFunction<MetricsSource, MetricsSelect, SeriesCursor> open) {
    var cursors = new ArrayList<SeriesCursor>();
    try {
      for (TenantId tenant : chosen(select)) {
        for (boolean hadLabel : new boolean[] {false, true}) {
          MetricsSelect narrowed = narrowed(select, tenant);
          var matchers = new ArrayList<>(narrowed.matchers());
          matchers.add(
              hadLabel
                  ? LabelMatcher.notEqual(TENANT_LABEL, "")
                  : LabelMatcher.equal(TENANT_LABEL, ""));
          SeriesCursor inner =
              open.apply(
                  source,
                  new MetricsSelect(
                      tenant, select.range(), matchers, narrowed.hints(), select.budget()));
          cursors.add(new TenantLabelCursor(inner, tenant, samples, hadLabel, select.budget()));
        }
      }
      return MergingSeriesCursor.of(cursors);
    } catch (RuntimeException e) {
      cursors.forEach(cursor -> MetricsFanIn.closeAfter(e, cursor));
      throw e;
    }
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    var inputs = new ArrayList<List<String>>();
    for (TenantId tenant : chosen(select)) {
      List<String> names = source.labelNames(narrowed(select, tenant));
      inputs.add(names);
      if (!names.isEmpty()) {
        inputs.add(
            names.contains(TENANT_LABEL)
                ? List.of(TENANT_LABEL, ORIGINAL_LABEL)
                : List.of(TENANT_LABEL));
      }
    }
    return inputs.isEmpty() ? List.of() : SortedUnion.texts(inputs);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    var inputs = new ArrayList<List<String>>();
    for (TenantId tenant : chosen(select)) {
      MetricsSelect inner = narrowed(select, tenant);
      if (label.equals(TENANT_LABEL)) {
        inputs.add(source.labelNames(inner).isEmpty() ? List.of() : List.of(tenant.value()));
      } else {
        String asked = label.equals(ORIGINAL_LABEL) ? TENANT_LABEL : label;
        inputs.add(source.labelValues(asked, inner));
      }
    }
    return inputs.isEmpty() ? List.of() : SortedUnion.texts(inputs);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    var inputs = new ArrayList<List<ExemplarSeries>>();
    for (TenantId tenant : chosen(select)) {
      inputs.add(
          source.exemplars(narrowed(select, tenant)).stream()
              .map(s -> new ExemplarSeries(labelled(s.labels(), tenant), s.exemplars()))
              .toList());
    }
    return SortedUnion.exemplars(inputs);
  }

  /// Of all tenants together; `tenant` is ignored.
  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    Set<MetricMetadata> all = new LinkedHashSet<>();
    tenants.forEach(each -> all.addAll(source.metadata(each, metric)));
    return List.copyOf(all);
  }
}
