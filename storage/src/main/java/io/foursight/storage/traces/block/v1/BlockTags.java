package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.PageFilter;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesTags;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Names and values of tags: from the index where it knows them all, else from the column. Owned by
/// one thread.
final class BlockTags {
  private static final int VALUE_BYTES = 64;

  private final TracesBlockReader block;
  private final TracesSelect select;

  BlockTags(TracesBlockReader block, TracesSelect select) {
    this.block = block;
    this.select = select;
  }

  /// Without a filter, names of the whole block. With one, the names that a span that passes has.
  List<TracesTags> names() {
    if (isOutside()) {
      return List.of();
    }
    if (!PageFilter.isAll(select.filter()) || block.head().tags().namesCut()) {
      return new TagNameScan(block, select).run();
    }
    var all = new ArrayList<TracesTags>();
    for (SpanField.Scope scope : SpanField.Scope.values()) {
      List<String> names = block.head().tags().names(scope);
      if (!names.isEmpty()) {
        all.add(new TracesTags(scope, names));
      }
    }
    return all;
  }

  private boolean isOutside() {
    return block.head().groups().stream()
        .allMatch(g -> g.minStart() >= select.endNanos() || g.maxEnd() < select.startNanos());
  }

  List<SpanValue> values(SpanField field, int limit) {
    int most = limit <= 0 ? Integer.MAX_VALUE : limit;
    if (isOutside()) {
      return List.of();
    }
    boolean whole =
        PageFilter.isAll(select.filter())
            && block.head().groups().stream().allMatch(g -> SelectCursor.isInside(select, g));
    if (whole) {
      Optional<List<SpanValue>> known = known(field);
      if (known.isPresent()) {
        return known.get().size() > most ? known.get().subList(0, most) : known.get();
      }
    }
    return scan(field, most);
  }

  private Optional<List<SpanValue>> known(SpanField field) {
    return switch (field) {
      case SpanField.Attribute attribute ->
          block.head().tags().values(attribute.scope().ordinal(), attribute.name());
      case SpanField.Intrinsic intrinsic ->
          intrinsic == SpanField.Intrinsic.EVENT_TIME_SINCE_START
              ? Optional.empty()
              : block.head().tags().values(Tokens.INTRINSIC, intrinsic.name());
    };
  }

  private List<SpanValue> scan(SpanField field, int most) {
    Set<SpanValue> found = new LinkedHashSet<>();
    long charged = 0;
    var asked =
        new TracesSelect(
            select.tenant(),
            select.startNanos(),
            select.endNanos(),
            List.of(),
            select.filter(),
            false,
            List.of(field),
            select.withoutBlocks(),
            select.budget());
    try (TracesCursor cursor = block.select(asked)) {
      while (found.size() < most && cursor.next()) {
        int before = found.size();
        add(cursor.page(), found, most);
        long more = (long) VALUE_BYTES * (found.size() - before);
        select.budget().charge(more);
        charged += more;
      }
    } finally {
      select.budget().release(charged);
    }
    return List.copyOf(found);
  }

  private static void add(SpanPage page, Set<SpanValue> found, int most) {
    SpanColumn column = page.columns().getFirst();
    var known = new boolean[column.texts().size()];
    for (int r = 0; r < page.rows(); r++) {
      for (int v = column.start(r); v < column.end(r) && found.size() < most; v++) {
        if (column.types()[v] == SpanColumn.TEXT) {
          int code = (int) column.numbers()[v];
          if (known[code]) {
            continue;
          }
          known[code] = true;
        }
        value(column, v).ifPresent(found::add);
      }
    }
  }

  static Optional<SpanValue> value(SpanColumn column, int v) {
    long number = column.numbers()[v];
    return switch (column.types()[v]) {
      case SpanColumn.TEXT -> Optional.of(new SpanValue.Text(column.text(v)));
      case SpanColumn.INT -> Optional.of(new SpanValue.Int(number));
      case SpanColumn.DOUBLE -> Optional.of(new SpanValue.Decimal(column.decimal(v)));
      case SpanColumn.BOOL -> Optional.of(new SpanValue.Bool(number != 0));
      case SpanColumn.DURATION -> Optional.of(new SpanValue.Duration(number));
      default -> Optional.empty();
    };
  }
}
