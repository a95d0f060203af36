package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.promql.series.Steps;
import java.util.List;

/// The series under a range: those of a matrix selector, or of the expression of a subquery.
interface RangeInput extends AutoCloseable {
  boolean next();

  Labels labels();

  boolean dropName();

  /// Once a series.
  void samples(SampleColumns into);

  @Override
  void close();

  /// One after the other.
  static RangeInput chained(List<RangeInput> inputs) {
    return inputs.size() == 1 ? inputs.getFirst() : new Chained(inputs);
  }

  static RangeInput of(SeriesCursor cursor) {
    return new RangeInput() {
      @Override
      public boolean next() {
        return cursor.next();
      }

      @Override
      public Labels labels() {
        return cursor.labels();
      }

      @Override
      public boolean dropName() {
        return false;
      }

      @Override
      public void samples(SampleColumns into) {
        cursor.samples(into);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  /// What an expression yields at the steps of a subquery. Start timestamps do not pass, and hints
  /// about counter resets are forgotten: the steps may skip samples or repeat them.
  static RangeInput of(SeriesStream stream, Steps steps) {
    return new SubqueryInput(stream, steps);
  }

  /// See [#of(SeriesStream, Steps)].
  final class SubqueryInput implements RangeInput {
    private final SeriesStream stream;
    private final Steps steps;
    private StepSeries current;

    private SubqueryInput(SeriesStream stream, Steps steps) {
      this.stream = stream;
      this.steps = steps;
    }

    @Override
    public boolean next() {
      if (!stream.next()) {
        return false;
      }
      current = stream.get();
      return true;
    }

    @Override
    public Labels labels() {
      return current.labels();
    }

    @Override
    public boolean dropName() {
      return current.dropName();
    }

    @Override
    public void samples(SampleColumns into) {
      into.clear();
      for (int step = 0; step < current.steps(); step++) {
        if (current.isFloat(step)) {
          into.add(steps.time(step), current.value(step));
        } else if (current.isHistogram(step)) {
          into.add(steps.time(step), 0, withoutHint(current.histogram(step).orElseThrow()));
        }
      }
    }

    private static NativeHistogram withoutHint(NativeHistogram h) {
      return h.resetHint() == ResetHint.GAUGE ? h : h.withResetHint(ResetHint.UNKNOWN);
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  /// See [#chained(List)].
  final class Chained implements RangeInput {
    private final List<RangeInput> inputs;
    private int at;

    private Chained(List<RangeInput> inputs) {
      this.inputs = inputs;
    }

    @Override
    public boolean next() {
      while (at < inputs.size() && !inputs.get(at).next()) {
        at++;
      }
      return at < inputs.size();
    }

    @Override
    public Labels labels() {
      return inputs.get(at).labels();
    }

    @Override
    public boolean dropName() {
      return inputs.get(at).dropName();
    }

    @Override
    public void samples(SampleColumns into) {
      inputs.get(at).samples(into);
    }

    @Override
    public void close() {
      inputs.forEach(RangeInput::close);
    }
  }
}
