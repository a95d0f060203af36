package io.foursight.compactor.profiles;

import io.foursight.compactor.MergeInputs;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.storage.profiles.block.v1.PartitionScan;
import io.foursight.storage.profiles.block.v1.ProfileRow;
import io.foursight.storage.profiles.block.v1.ProfilesBlockFormat;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesBlockWriter;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/// Several partitions of the same service and build on their way into one. Owned by one thread.
final class PartitionMerge {
  private static final int CHECK_PROFILES = 256;

  private static final Comparator<ProfileRow> ORDER =
      Comparator.comparing(
              (ProfileRow row) -> row.labels().get(ProfileType.LABEL), Labels::compareText)
          .thenComparingLong(row -> ProfilesBlockFormat.interval(row.timeNanos()))
          .thenComparing(ProfileRow::labels, ProfilesBlockFormat.SERIES_ORDER)
          .thenComparingLong(ProfileRow::timeNanos)
          .thenComparingLong(ProfileRow::idHigh)
          .thenComparingLong(ProfileRow::idLow);

  /// One input at its next profile.
  private static final class Cursor {
    final PartitionScan scan;
    final SymbolsInterner.From from;
    final ProfileRow row = new ProfileRow();

    Cursor(PartitionScan scan, SymbolsInterner.From from) {
      this.scan = scan;
      this.from = from;
    }
  }

  private final ProfilesBlockWriter writer;
  private final BooleanSupplier cancelled;
  private final SymbolsInterner interner = new SymbolsInterner(new ProfileSymbols());
  private final PriorityQueue<Cursor> inputs =
      new PriorityQueue<>(Comparator.comparing((Cursor cursor) -> cursor.row, ORDER));
  private final ProfileRow out = new ProfileRow();
  private Optional<Labels> lastLabels = Optional.empty();

  PartitionMerge(ProfilesBlockWriter writer, BooleanSupplier cancelled) {
    this.writer = writer;
    this.cancelled = cancelled;
  }

  void add(ProfilesBlockReader block, int partition) {
    var cursor = new Cursor(block.scan(partition), interner.from(block.symbolsOf(partition)));
    if (cursor.scan.next(cursor.row)) {
      inputs.add(cursor);
    }
  }

  void run() {
    for (long n = 0; !inputs.isEmpty(); n++) {
      if (n % CHECK_PROFILES == 0) {
        MergeInputs.check(cancelled);
      }
      Cursor cursor = inputs.poll();
      if (!isCopy(cursor.row)) {
        write(cursor);
      }
      if (cursor.scan.next(cursor.row)) {
        inputs.add(cursor);
      }
    }
  }

  /// Copies follow each other.
  private boolean isCopy(ProfileRow row) {
    return lastLabels.isPresent()
        && (row.idHigh() | row.idLow()) != 0
        && row.idHigh() == out.idHigh()
        && row.idLow() == out.idLow()
        && row.timeNanos() == out.timeNanos()
        && row.labels().equals(lastLabels.get());
  }

  private void write(Cursor cursor) {
    ProfileRow row = cursor.row;
    lastLabels = Optional.of(row.labels());
    out.begin(
        row.labels(),
        row.timeNanos(),
        row.durationNanos(),
        row.period(),
        row.idHigh(),
        row.idLow());
    for (int s = 0; s < row.count(); s++) {
      out.add(
          cursor.from.stack(row.stack(s)),
          row.value(s),
          row.spanId(s),
          row.traceHigh(s),
          row.traceLow(s));
    }
    writer.add(out);
  }

  /// What the profiles that were written name.
  ProfileSymbols symbols() {
    return interner.symbols();
  }
}
