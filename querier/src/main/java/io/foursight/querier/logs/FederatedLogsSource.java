package io.foursight.querier.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsUnions;
import io.foursight.model.logs.MergingLogsCursor;
import io.foursight.model.logs.NanoSpan;
import io.foursight.model.logs.StreamVolume;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/// Several tenants read as one: every stream gets the label `__tenant_id__` (one that it had is
/// renamed `original___tenant_id__`), and a matcher on that label chooses among the tenants. The
/// tenant of a select is ignored. Safe from any thread.
public final class FederatedLogsSource implements LogsSource {
  static final String TENANT_LABEL = "__tenant_id__";
  static final String ORIGINAL_LABEL = "original_" + TENANT_LABEL;

  private final LogsSource source;
  private final List<TenantId> tenants;

  public FederatedLogsSource(LogsSource source, List<TenantId> tenants) {
    this.source = source;
    this.tenants = List.copyOf(tenants);
  }

  /// `labels` of a stream of `tenant` as the federation shows them.
  static Labels labelled(Labels labels, TenantId tenant) {
    String original = labels.get(TENANT_LABEL);
    return (original.isEmpty() ? labels : labels.with(ORIGINAL_LABEL, original))
        .with(TENANT_LABEL, tenant.value());
  }

  /// The part of a select that is about one tenant; what the federation adds is taken out.
  private record Narrowed(TenantId tenant, LogsSelect select) {}

  private List<Narrowed> narrowed(LogsSelect select) {
    var out = new ArrayList<Narrowed>();
    for (TenantId tenant : tenants) {
      if (chooses(select.matchers(), tenant) && chooses(select.fields(), tenant)) {
        out.add(
            new Narrowed(
                tenant,
                new LogsSelect(
                    tenant,
                    select.startNanos(),
                    select.endNanos(),
                    renamed(select.matchers()),
                    select.lineFilters(),
                    renamed(select.fields()),
                    select.columns(),
                    select.direction(),
                    select.limit(),
                    select.withoutBlocks(),
                    select.budget())));
      }
    }
    return out;
  }

  private static boolean chooses(List<LabelMatcher> matchers, TenantId tenant) {
    return matchers.stream()
        .filter(m -> m.name().equals(TENANT_LABEL))
        .allMatch(m -> m.matches(tenant.value()));
  }

  private static List<LabelMatcher> renamed(List<LabelMatcher> matchers) {
    return matchers.stream()
        .filter(m -> !m.name().equals(TENANT_LABEL))
        .map(m ->
            m.name().equals(ORIGINAL_LABEL)
                ? new LabelMatcher(m.type(), TENANT_LABEL, m.value(), m.matcher())
                : m)
        .toList();
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    var cursors = new ArrayList<LogsCursor>();
    try {
      for (Narrowed part : narrowed(select)) {
        cursors.add(new Labelled(source.select(part.select()), part.tenant()));
      }
      return cursors.isEmpty()
          ? LogsCursor.empty()
          : MergingLogsCursor.of(cursors, select.direction(), false);
    } catch (RuntimeException e) {
      cursors.forEach(LogsCursor::close);
      throw e;
    }
  }

  /// Pages with the tenant's label on their streams.
  private static final class Labelled implements LogsCursor {
    private final LogsCursor inner;
    private final TenantId tenant;
    private final Map<Labels, Labels> known = new HashMap<>();

    Labelled(LogsCursor inner, TenantId tenant) {
      this.inner = inner;
      this.tenant = tenant;
    }

    @Override
    public boolean next() {
      return inner.next();
    }

    @Override
    public LogsPage page() {
      LogsPage page = inner.page();
      List<Labels> streams =
          page.streams().stream()
              .map(labels -> known.computeIfAbsent(labels, l -> labelled(l, tenant)))
              .toList();
      return new LogsPage(
          page.rows(),
          page.timestamps(),
          streams,
          page.streamOf(),
          page.lines(),
          page.lineStarts(),
          page.lineLengths(),
          page.metadata());
    }

    @Override
    public long bound() {
      return inner.bound();
    }

    @Override
    public boolean mayRepeat() {
      return inner.mayRepeat();
    }

    @Override
    public List<NanoSpan> repeats() {
      return inner.repeats();
    }

    @Override
    public NanoSpan extent() {
      return inner.extent();
    }

    @Override
    public LogsStats scanned() {
      return inner.scanned();
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return narrowed(select).stream()
        .flatMap(part -> source.series(part.select()).stream().map(l -> labelled(l, part.tenant())))
        .sorted()
        .toList();
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return distinct(
        select,
        part -> {
          var names = new ArrayList<>(source.labelNames(part.select()));
          if (names.contains(TENANT_LABEL)) {
            names.add(ORIGINAL_LABEL);
          } else if (!names.isEmpty()) {
            names.add(TENANT_LABEL);
          }
          return names;
        });
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return distinct(
        select,
        part -> {
          if (label.equals(TENANT_LABEL)) {
            return source.labelNames(part.select()).isEmpty()
                ? List.of()
                : List.of(part.tenant().value());
          }
          return source.labelValues(
              label.equals(ORIGINAL_LABEL) ? TENANT_LABEL : label, part.select());
        });
  }

  private List<String> distinct(LogsSelect select, Function<Narrowed, List<String>> answer) {
    var all = new TreeSet<String>(Labels::compareText);
    narrowed(select).forEach(part -> all.addAll(answer.apply(part)));
    return List.copyOf(all);
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    return narrowed(select).stream()
        .map(part -> source.stats(part.select()))
        .reduce(LogsStats.NONE, LogsStats::plus);
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return narrowed(select).stream()
        .flatMap(part ->
            source.volumes(part.select(), stepNanos).stream()
                .map(v ->
                    new StreamVolume(labelled(v.labels(), part.tenant()), v.bytes(), v.entries())))
        .sorted(Comparator.comparing(StreamVolume::labels))
        .toList();
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return LogsUnions.patterns(
        narrowed(select).stream()
            .map(part -> source.patterns(part.select(), stepNanos, limit))
            .toList(),
        limit);
  }
}
