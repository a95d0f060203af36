package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.Labels;
import io.foursight.model.logs.FieldName;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import io.foursight.querylanguages.logql.ast.Unwrap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts entries through a pipeline, one at a time, without making objects for them. After [#row]
/// has said yes, the line, the labels and the value are those of that entry, until the next call.
/// Owned by one thread.
public final class PipelineRun {
  private static final int MAX_STREAMS = 10_000;
  private static final int MAX_NAMES = 100_000;

  private final Names names = new Names();
  private final Keys keys = new Keys(names);
  private final Wanted wanted;
  private final EntryLabels labels = new EntryLabels(names);
  private final Row row = new Row(labels);
  private final Step[] steps;
  private final Optional<UnwrapStep> unwrap;
  private final Map<Labels, StreamLabels> streams = new HashMap<>();

  private LogsPage page;
  private int[] metadataNames = new int[0];
  private MetadataColumn[] metadataColumns = new MetadataColumn[0];
  private Labels streamLabels = Labels.EMPTY;
  private Optional<StreamLabels> stream = Optional.empty();

  /// Names of the query itself, which are never forgotten; -1 before the first page.
  private int ownNames = -1;

  private int epoch;

  PipelineRun(
      List<LineFilter> lineFilters,
      List<StepPlan> plans,
      Optional<Unwrap> unwrap,
      Optional<Set<String>> wantedLabels) {
    this.wanted = new Wanted(wantedLabels, names);
    var tools = new StepPlan.Tools(names, keys, wanted, new Texts(row), new Quantities());
    var all = new ArrayList<Step>();
    lineFilters.forEach(f -> all.add(StepPlan.lineFilter(f).make(tools)));
    plans.forEach(p -> all.add(p.make(tools)));
    this.unwrap = unwrap.map(u -> new UnwrapStep(u, names, tools.quantities()));
    this.unwrap.ifPresent(all::add);
    unwrap.ifPresent(u -> u.filters().forEach(f -> all.add(StepPlan.filter(f).make(tools))));
    this.steps = all.toArray(new Step[0]);
  }

  /// The page whose rows follow.
  public void page(LogsPage next) {
    page = next;
    if (ownNames < 0) {
      ownNames = names.size();
    }
    if (names.size() > MAX_NAMES || keys.size() > MAX_NAMES) {
      names.truncate(ownNames);
      keys.clear();
      wanted.clear();
      streams.clear();
      epoch++;
    }
    stream = Optional.empty();
    var columns = next.metadata();
    metadataColumns = new MetadataColumn[columns.size()];
    metadataNames = new int[columns.size()];
    var distinct = new HashSet<Integer>();
    for (int i = 0; i < metadataNames.length; i++) {
      metadataColumns[i] = columns.get(i);
      metadataNames[i] = names.id(FieldName.answered(columns.get(i).name()));
      distinct.add(metadataNames[i]);
    }
    if (distinct.size() < metadataNames.length) {
      // What is added later counts.
      Arrays.sort(metadataColumns, Comparator.comparing(MetadataColumn::name));
      for (int i = 0; i < metadataNames.length; i++) {
        metadataNames[i] = names.id(FieldName.answered(metadataColumns[i].name()));
      }
    }
  }

  /// Whether the entry passes.
  public boolean row(int index) {
    begin(page.labels(index));
    row.begin(
        page.lines(),
        page.lineStarts().length > index ? page.lineStarts()[index] : 0,
        page.lineLengths().length > index ? page.lineLengths()[index] : 0,
        page.timestamps()[index]);
    for (int i = 0; i < metadataNames.length; i++) {
      MetadataColumn column = metadataColumns[i];
      if (column.has(index)) {
        labels.addMetadata(
            metadataNames[i], column.bytes(), column.start(index), column.length(index));
      }
    }
    return passes();
  }

  /// Whether an entry that is in no page passes.
  public boolean entry(Labels ofStream, Labels metadata, long timestampNanos, byte[] line) {
    if (ownNames < 0) {
      ownNames = names.size();
    }
    begin(ofStream);
    row.begin(line, 0, line.length, timestampNanos);
    metadata.forEach((name, value) -> {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      labels.addMetadata(names.id(FieldName.answered(name)), bytes, 0, bytes.length);
    });
    return passes();
  }

  private void begin(Labels ofStream) {
    if (stream.isEmpty() || streamLabels != ofStream) {
      streamLabels = ofStream;
      stream = Optional.of(known(ofStream));
    } else if (!labels.changed()) {
      return;
    }
    labels.begin(stream.get());
  }

  private StreamLabels known(Labels ofStream) {
    if (streams.size() > MAX_STREAMS) {
      streams.clear();
    }
    return streams.computeIfAbsent(ofStream, l -> new StreamLabels(l, names));
  }

  private boolean passes() {
    for (Step step : steps) {
      if (!step.apply(row)) {
        return false;
      }
    }
    return true;
  }

  public EntryLabels labels() {
    return labels;
  }

  /// The labels of the entry's stream as they are after the pipeline; the stored ones where it left
  /// them alone.
  public Labels stream() {
    return labels.keptStream() ? streamLabels : labels.labels(EntryLabels.Kind.STREAM);
  }

  /// The stored labels of the entry's stream.
  public Labels storedStream() {
    return streamLabels;
  }

  public byte[] line() {
    return row.line;
  }

  public int lineOffset() {
    return row.offset;
  }

  public int lineLength() {
    return row.length;
  }

  public long timestampNanos() {
    return row.timestampNanos;
  }

  /// What was unwrapped; 1 without unwrapping.
  public double value() {
    return unwrap.isPresent() ? unwrap.get().value : 1;
  }

  Names names() {
    return names;
  }

  /// Changes when the numbers of names ([EntryLabels#nameId]) may have changed.
  int epoch() {
    return epoch;
  }
}
