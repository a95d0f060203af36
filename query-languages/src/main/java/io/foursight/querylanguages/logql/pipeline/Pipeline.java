package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LogsSelect;
import io.foursight.querylanguages.logql.ast.Stage;
import io.foursight.querylanguages.logql.ast.Unwrap;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The stages of a log query, compiled. Immutable and safe from any thread; the work is done by the
/// [PipelineRun]s it starts, one a thread.
///
/// Line filters that see the line as it was stored are taken out of their places and handed to the
/// Source ([#lineFilters()]): no stage before them can change what they decide.
public final class Pipeline {
  private final List<LineFilter> lineFilters;
  private final List<StepPlan> plans;
  private final Optional<Unwrap> unwrap;
  private final LabelsRead reads;

  private Pipeline(
      List<LineFilter> lineFilters,
      List<StepPlan> plans,
      Optional<Unwrap> unwrap,
      LabelsRead reads) {
    this.lineFilters = List.copyOf(lineFilters);
    this.plans = List.copyOf(plans);
    this.unwrap = unwrap;
    this.reads = reads;
  }

  /// For a log query.
  ///
  /// @throws FoursightException `BAD_DATA`, when a stage cannot be carried out: `parse error :
  ///   stage '...' : why`
  public static Pipeline compile(List<Stage> stages, InstantSource clock) {
    return compile(stages, Optional.empty(), Optional.empty(), clock);
  }

  /// For a metric query.
  ///
  /// @param wanted the labels that are read of the result; empty = all of them
  public static Pipeline compile(
      List<Stage> stages,
      Optional<Unwrap> unwrap,
      Optional<Set<String>> wanted,
      InstantSource clock) {
    var filters = new ArrayList<LineFilter>();
    var plans = new ArrayList<StepPlan>();
    var reads = new LabelsRead(wanted);
    boolean original = true;
    for (Stage stage : stages) {
      if (stage instanceof Stage.LineFilter f && original) {
        filters.add(StepPlan.checked(stage, () -> LineTests.compile(f)));
        continue;
      }
      plans.add(StepPlan.of(stage, clock));
      reads.add(stage, plans.getLast());
      original &= !rewritesLine(stage);
    }
    unwrap.ifPresent(reads::add);
    return new Pipeline(filters, plans, unwrap, reads);
  }

  private static boolean rewritesLine(Stage stage) {
    return stage instanceof Stage.LineFormat
        || stage instanceof Stage.Unpack
        || stage instanceof Stage.Decolorize;
  }

  /// What the Source has to apply: [LogsSelect#lineFilters()].
  public List<LineFilter> lineFilters() {
    return lineFilters;
  }

  /// Conditions on stream labels and structured metadata that entries must satisfy to pass:
  /// [LogsSelect#fields()]. The pipeline checks them as well.
  public List<LabelMatcher> fields() {
    return reads.fields();
  }

  /// What has to be read of entries: [LogsSelect#columns()].
  ///
  /// @param lines whether the asker reads lines after the pipeline
  /// @param lineLengths whether it reads their lengths
  public LogsSelect.Columns columns(boolean lines, boolean lineLengths) {
    boolean readsLines = lines || reads.line() || (lineLengths && reads.rewritesLine());
    return new LogsSelect.Columns(
        readsLines, lineLengths || readsLines, reads.allLabels(), reads.metadata());
  }

  /// Whether entries pass as they are: no step but the line filters.
  public boolean isEmpty() {
    return plans.isEmpty() && unwrap.isEmpty();
  }

  /// For entries that have passed the line filters.
  public PipelineRun start() {
    return new PipelineRun(List.of(), plans, unwrap, reads.wanted());
  }

  /// For entries that nobody has filtered.
  public PipelineRun startUnfiltered() {
    return new PipelineRun(lineFilters, plans, unwrap, reads.wanted());
  }
}
