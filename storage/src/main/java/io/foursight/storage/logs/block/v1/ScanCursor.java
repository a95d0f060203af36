package io.foursight.storage.logs.block.v1;

import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.object.RangedReader;
import java.util.Arrays;
import java.util.Optional;

/// All entries in block order, in pages of a part of a row group.
final class ScanCursor implements LogsCursor {
  private static final int PAGE_ROWS = 1 << 14;

  private final LogsIndex index;
  private final RangedReader rowsFile;
  private final PageBuilder pages;
  private int nextGroup;
  private int nextRow;
  private Optional<OpenGroup> group = Optional.empty();
  private Optional<LogsPage> page = Optional.empty();

  ScanCursor(LogsIndex index, RangedReader rowsFile) {
    this.index = index;
    this.rowsFile = rowsFile;
    pages = new PageBuilder(index.streams(), LogsSelect.Columns.ALL);
  }

  @Override
  public boolean next() {
    page = Optional.empty();
    if (group.isEmpty() || nextRow == group.get().summary().rows()) {
      group = Optional.empty();
      if (nextGroup == index.groups().size()) {
        return false;
      }
      group =
          Optional.of(
              new OpenGroup(index.groups().get(nextGroup), index.directory(nextGroup), rowsFile));
      nextGroup++;
      nextRow = 0;
    }
    int count = Math.min(PAGE_ROWS, group.get().summary().rows() - nextRow);
    var rows = new int[count];
    Arrays.setAll(rows, i -> nextRow + i);
    nextRow += count;
    page = Optional.of(pages.build(group.get(), rows));
    return true;
  }

  @Override
  public LogsPage page() {
    return page.orElseThrow(() -> new IllegalStateException("no page"));
  }

  @Override
  public long bound() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    nextGroup = index.groups().size();
    group = Optional.empty();
    page = Optional.empty();
  }
}
