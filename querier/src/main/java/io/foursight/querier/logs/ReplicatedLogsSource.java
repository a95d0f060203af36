package io.foursight.querier.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.Direction;
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
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.Ingesters.Answers;
import io.foursight.querier.replication.Ingesters.Replica;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Recent logs from the ingesters of a ring. Entries come once from each replica, of which the
/// cursor warns; sums are divided by the number of copies. Safe from any thread.
public final class ReplicatedLogsSource implements LogsSource {
  private final Ingesters<LogsSource> ingesters;

  public ReplicatedLogsSource(Ingesters<LogsSource> ingesters) {
    this.ingesters = ingesters;
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    List<Replica<LogsCursor>> replicas =
        ingesters.open(
            select.tenant(), select.budget(), source -> source.select(select), LogsCursor::close);
    var cursors = new ArrayList<LogsCursor>();
    int holding = 0;
    for (Replica<LogsCursor> replica : replicas) {
      holding += LogsFanIn.isEmpty(replica.opened(), select) ? 0 : 1;
      cursors.add(new Tolerated(replica, select.direction()));
    }
    return cursors.isEmpty()
        ? LogsCursor.empty()
        : MergingLogsCursor.of(cursors, select.direction(), holding > 1);
  }

  private <T> Answers<T> each(LogsSelect select, Function<LogsSource, T> question) {
    return ingesters.each(select.tenant(), select.budget(), question);
  }

  private <T> Answers<T> all(LogsSelect select, Function<LogsSource, T> question) {
    return ingesters.all(select.tenant(), select.budget(), question);
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return LogsUnions.series(each(select, source -> source.series(select)).each());
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    return LogsUnions.texts(each(select, source -> source.labelNames(select)).each());
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    return LogsUnions.texts(each(select, source -> source.labelValues(label, select)).each());
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    Answers<LogsStats> answers = all(select, source -> source.stats(select));
    return LogsShares.of(LogsUnions.stats(answers.each()), answers.copies());
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    Answers<List<StreamVolume>> answers = all(select, source -> source.volumes(select, stepNanos));
    return LogsShares.volumes(LogsUnions.volumes(answers.each()), answers.copies());
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    Answers<List<LogsPattern>> answers =
        all(select, source -> source.patterns(select, stepNanos, limit));
    return LogsShares.patterns(LogsUnions.patterns(answers.each(), limit), answers.copies());
  }

  /// What any of them covers: the others have what one covers in their heads, or in blocks of their
  /// own.
  @Override
  public Set<String> coveredBlocks(LogsSelect select) {
    var all = new HashSet<String>();
    each(select, source -> source.coveredBlocks(select)).each().forEach(all::addAll);
    return all;
  }

  /// One replica's pages; ends early when the replica fails and the others suffice.
  private static final class Tolerated implements LogsCursor {
    private final Replica<LogsCursor> replica;
    private final LogsCursor cursor;
    private final Direction direction;
    private boolean ended;

    Tolerated(Replica<LogsCursor> replica, Direction direction) {
      this.replica = replica;
      this.cursor = replica.opened();
      this.direction = direction;
    }

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      try {
        ended = !cursor.next();
      } catch (RuntimeException e) {
        replica.failed(e);
        ended = true;
      }
      return !ended;
    }

    @Override
    public LogsPage page() {
      return cursor.page();
    }

    @Override
    public long bound() {
      if (ended) {
        return direction == Direction.BACKWARD ? Long.MIN_VALUE : Long.MAX_VALUE;
      }
      return cursor.bound();
    }

    @Override
    public boolean mayRepeat() {
      return cursor.mayRepeat();
    }

    @Override
    public List<NanoSpan> repeats() {
      return cursor.repeats();
    }

    @Override
    public NanoSpan extent() {
      return cursor.extent();
    }

    @Override
    public LogsStats scanned() {
      return cursor.scanned();
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
