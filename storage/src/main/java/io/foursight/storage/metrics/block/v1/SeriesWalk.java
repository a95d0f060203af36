package io.foursight.storage.metrics.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import java.util.Arrays;

/// Reads series of the index in roughly ascending order, holding on to the pages read last, so that
/// a label costs an array access as long as its value lies where the last one lay. Owned by one
/// thread.
final class SeriesWalk {
  private static final int PER_PAGE = MetricsBlockFormat.SERIES_PER_PAGE;
  private static final int VALUES_PER_PAGE = MetricsBlockFormat.VALUES_PER_PAGE;

  private final BlockIndex index;
  private final int metricName;
  private final ValuePage[] valuePages;
  private final int[] valuePageNumbers;
  private SeriesPage page;
  private int pageNumber = -1;
  private ColumnPage columns;
  private int columnsNumber = -1;

  SeriesWalk(BlockIndex index) {
    this.index = index;
    metricName = index.ordinal(Labels.METRIC_NAME);
    valuePages = new ValuePage[index.nameCount()];
    valuePageNumbers = new int[index.nameCount()];
    Arrays.fill(valuePageNumbers, -1);
  }

  private SeriesPage page(int series) {
    int number = series / PER_PAGE;
    if (number != pageNumber) {
      page = index.seriesPage(number);
      pageNumber = number;
    }
    return page;
  }

  SeriesEntry entry(int series) {
    return page(series).entry(series % PER_PAGE, series, this);
  }

  ColumnPage columns(int column) {
    int number = column / MetricsBlockFormat.COLUMNS_PER_PAGE;
    if (number != columnsNumber || column < 0) {
      columns = index.columnPage(column);
      columnsNumber = number;
    }
    if (column >= index.columnCount()) {
      throw FoursightException.corrupt(
          "index: timestamp column " + column + " of " + index.columnCount());
    }
    return columns;
  }

  /// Rank of one label's value, -1 when absent.
  int rank(int series, int name) {
    SeriesPage p = page(series);
    int row = series % PER_PAGE;
    int[] schema = index.schema(p.schema(row));
    for (int i = 0; i < schema.length; i++) {
      if (schema[i] == name) {
        return p.ranks(row)[i];
      }
    }
    return -1;
  }

  int metricRank(int series) {
    return rank(series, metricName);
  }

  int schema(int series) {
    return page(series).schema(series % PER_PAGE);
  }

  /// One rank a label of the schema; not to be written to.
  int[] ranks(int series) {
    return page(series).ranks(series % PER_PAGE);
  }

  /// The labels at some positions of the schema only.
  Labels labels(int series, int[] positions) {
    int[] schema = index.schema(schema(series));
    int[] ranks = ranks(series);
    var pairs = new String[2 * positions.length];
    for (int i = 0; i < positions.length; i++) {
      int name = schema[positions[i]];
      pairs[2 * i] = index.name(name);
      pairs[2 * i + 1] = value(name, ranks[positions[i]]);
    }
    return Labels.ofSorted(pairs);
  }

  Labels labels(int series) {
    SeriesPage p = page(series);
    int row = series % PER_PAGE;
    int[] schema = index.schema(p.schema(row));
    int[] ranks = p.ranks(row);
    var pairs = new String[2 * schema.length];
    for (int i = 0; i < schema.length; i++) {
      pairs[2 * i] = index.name(schema[i]);
      pairs[2 * i + 1] = value(schema[i], ranks[i]);
    }
    return Labels.ofSorted(pairs);
  }

  private String value(int name, int rank) {
    if (rank < 0 || rank >= index.valueCount(name)) {
      throw FoursightException.corrupt("index: value " + rank + " of label " + index.name(name));
    }
    int number = rank / VALUES_PER_PAGE;
    if (number != valuePageNumbers[name]) {
      valuePages[name] = index.valuePage(name, number);
      valuePageNumbers[name] = number;
    }
    return valuePages[name].value(rank % VALUES_PER_PAGE);
  }
}
