package io.foursight.storage.logs.block.v1;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LineTest;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/// Finds the rows of a row group that a select asks for: streams, times, then conditions on
/// structured metadata, then line filters, substrings before expressions. Exact. One thread.
final class RowFilter {
  private final LogsSelect select;
  private final StreamFilter streams;
  private final List<Labels> labels;
  private final List<LineFilter> lineFilters;

  RowFilter(LogsSelect select, StreamFilter streams, List<Labels> labels) {
    this.select = select;
    this.streams = streams;
    this.labels = labels;
    lineFilters = new ArrayList<>(select.lineFilters());
    lineFilters.sort(Comparator.comparing(filter -> !isSubstring(filter)));
  }

  private static boolean isSubstring(LineFilter filter) {
    return filter.tests().stream().allMatch(test -> test.substring().length > 0);
  }

  /// Rows by stream and time alone.
  BitSet inRange(OpenGroup group) {
    var rows = new BitSet(group.summary().rows());
    for (GroupSummary.Run run : group.summary().runs()) {
      if (!streams.takes(run)) {
        continue;
      }
      int from = run.firstRow();
      int to = from + run.rows();
      if (run.minTime() < select.startNanos()) {
        from = firstAtOrAfter(group.times(), from, to, select.startNanos());
      }
      if (run.maxTime() >= select.endNanos()) {
        to = firstAtOrAfter(group.times(), from, to, select.endNanos());
      }
      rows.set(from, to);
    }
    return rows;
  }

  private static int firstAtOrAfter(long[] times, int from, int to, long time) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = low + high >>> 1;
      if (times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Drops the rows that fail a condition on a field or a line filter.
  void restrict(OpenGroup group, BitSet rows) {
    for (LabelMatcher field : select.fields()) {
      if (rows.isEmpty()) {
        return;
      }
      byField(group, field, rows);
    }
    for (LineFilter filter : lineFilters) {
      if (rows.isEmpty()) {
        return;
      }
      byLine(group.lines(), filter, rows);
    }
  }

  private void byField(OpenGroup group, LabelMatcher field, BitSet rows) {
    var passing = new BitSet(rows.length());
    BitSet byMetadata = null;
    for (GroupSummary.Run run : group.summary().runs()) {
      int from = run.firstRow();
      int to = from + run.rows();
      int next = rows.nextSetBit(from);
      if (next < 0 || next >= to) {
        continue;
      }
      String label = labels.get(run.stream()).get(field.name());
      if (!label.isEmpty()) {
        passing.set(from, to, field.matches(label));
        continue;
      }
      if (byMetadata == null) {
        byMetadata = metadataRows(group, field);
      }
      for (int i = byMetadata.nextSetBit(from); i >= 0 && i < to; i = byMetadata.nextSetBit(i)) {
        int end = Math.min(to, byMetadata.nextClearBit(i));
        passing.set(i, end);
        i = end;
      }
    }
    rows.and(passing);
  }

  /// Rows whose metadata value (absent = empty) satisfies a matcher.
  private static BitSet metadataRows(OpenGroup group, LabelMatcher field) {
    int rows = group.summary().rows();
    boolean absentPasses = field.matchesEmpty();
    var found = new BitSet(rows);
    List<OpenGroup.Metadata> columns = group.answeredAs(field.name());
    if (columns.isEmpty()) {
      found.set(0, rows, absentPasses);
      return found;
    }
    var values = new ArrayList<BitSet>();
    boolean any = absentPasses;
    for (OpenGroup.Metadata column : columns) {
      BitSet own = matching(column.values(), field);
      any |= !own.isEmpty();
      values.add(own);
    }
    if (!any) {
      return found;
    }
    for (int row = 0; row < rows; row++) {
      boolean passes = absentPasses;
      for (int i = 0; i < columns.size(); i++) {
        int place = columns.get(i).place(row);
        if (place >= 0) {
          passes = values.get(i).get(place);
          break;
        }
      }
      if (passes) {
        found.set(row);
      }
    }
    return found;
  }

  private static BitSet matching(Column values, LabelMatcher field) {
    if (field.type() == LabelMatcher.Type.EQUAL) {
      return values.match(Column.Op.EQUALS, field.value().getBytes(StandardCharsets.UTF_8));
    }
    var found = new BitSet(values.count);
    // By code: 0 = not yet asked, 1 = no, 2 = yes.
    var asked = new byte[values.codeCount()];
    var value = new ByteWriter(64);
    for (int i = 0; i < values.count; i++) {
      int code = values.code(i);
      if (asked[code] == 0) {
        value.clear();
        values.appendCode(code, value);
        var text = new String(value.array(), 0, value.size(), StandardCharsets.UTF_8);
        asked[code] = (byte) (field.matches(text) ? 2 : 1);
      }
      if (asked[code] == 2) {
        found.set(i);
      }
    }
    return found;
  }

  private void byLine(Column lines, LineFilter filter, BitSet rows) {
    var passing = new BitSet(rows.length());
    for (LineTest test : filter.tests()) {
      var open = (BitSet) rows.clone();
      open.andNot(passing);
      passing.or(matching(lines, test, open));
    }
    if (filter.negated()) {
      rows.andNot(passing);
    } else {
      rows.and(passing);
    }
  }

  private BitSet matching(Column lines, LineTest test, BitSet rows) {
    byte[] substring = test.substring();
    if (substring.length > 0) {
      rows.and(lines.match(Column.Op.CONTAINS, substring));
      return rows;
    }
    for (byte[] literal : test.requiredLiterals()) {
      if (literal.length > 0 && !rows.isEmpty()) {
        rows.and(lines.match(Column.Op.CONTAINS, literal));
      }
    }
    var line = new ByteWriter(1 << 10);
    int asked = 0;
    for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
      if ((++asked & 4095) == 0) {
        select.budget().check();
      }
      line.clear();
      lines.append(row, line);
      if (!test.matches(line.array(), 0, line.size())) {
        rows.clear(row);
      }
    }
    return rows;
  }
}
