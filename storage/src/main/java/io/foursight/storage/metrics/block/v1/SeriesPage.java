package io.foursight.storage.metrics.block.v1;

import io.foursight.storage.encoding.ByteReader;

/// Up to 128 consecutive series of the index; [IndexWriter] writes them.
///
/// ```
/// | values offset varint | entries | crc u32 |
/// entry: | flags u8 | labels | [column zigzag since the last] | [start row, rows varint, min time zigzag, max - min varint] | [values length varint] |
/// labels: new schema: | schema varint | rank varint a label |; same schema: | a bit a label that changed | change zigzag* |
/// flags: 1 same schema, 2 whole column, 4 no samples (nothing follows the labels), 8 same column, 16 next column, 32 difference to the lower bucket
/// ```
final class SeriesPage implements MetricsBlockCache.Page {
  private final int[] schemas;
  private final int[][] ranks;
  private final byte[] flags;
  private final int[] columns;
  private final int[] startRows;
  private final int[] rows;
  private final long[] minTimes;
  private final long[] maxTimes;
  private final long[] offsets;
  private int weight;

  SeriesPage(ByteReader in, int count, int[][] labelSchemas) {
    schemas = new int[count];
    ranks = new int[count][];
    flags = new byte[count];
    columns = new int[count];
    startRows = new int[count];
    rows = new int[count];
    minTimes = new long[count];
    maxTimes = new long[count];
    offsets = new long[count + 1];
    offsets[0] = in.varint();
    weight = 200 + 60 * count;
    int schema = -1;
    int column = -1;
    for (int i = 0; i < count; i++) {
      int f = in.u8();
      flags[i] = (byte) f;
      schema = readLabels(in, i, f, schema, labelSchemas);
      offsets[i + 1] = offsets[i];
      if ((f & IndexWriter.NO_SAMPLES) != 0) {
        continue;
      }
      if ((f & IndexWriter.NEXT_COLUMN) != 0) {
        column++;
      } else if ((f & IndexWriter.SAME_COLUMN) == 0) {
        column += (int) in.zigzag();
      }
      columns[i] = column;
      if ((f & IndexWriter.WHOLE_COLUMN) == 0) {
        startRows[i] = in.varint(Integer.MAX_VALUE);
        rows[i] = in.varint(Integer.MAX_VALUE);
        minTimes[i] = in.zigzag();
        maxTimes[i] = minTimes[i] + in.varint();
      }
      offsets[i + 1] += in.varint(Integer.MAX_VALUE);
    }
    if (in.remaining() != 0) {
      throw in.corrupt(in.remaining() + " bytes behind the last series");
    }
  }

  private int readLabels(ByteReader in, int i, int f, int before, int[][] labelSchemas) {
    if ((f & IndexWriter.SAME_SCHEMA) == 0) {
      schemas[i] = in.varint(labelSchemas.length - 1);
      ranks[i] = new int[labelSchemas[schemas[i]].length];
      for (int j = 0; j < ranks[i].length; j++) {
        ranks[i][j] = in.varint(Integer.MAX_VALUE);
      }
    } else {
      if (before < 0) {
        throw in.corrupt("first series of a page without labels");
      }
      schemas[i] = before;
      ranks[i] = ranks[i - 1].clone();
      int n = ranks[i].length;
      int at = in.position();
      in.skip((n + 7) / 8);
      for (int j = 0; j < n; j++) {
        if ((in.array()[at + (j >>> 3)] >>> (j & 7) & 1) != 0) {
          ranks[i][j] += (int) in.zigzag();
        }
      }
    }
    weight += 16 + 4 * ranks[i].length;
    return schemas[i];
  }

  int schema(int row) {
    return schemas[row];
  }

  int[] ranks(int row) {
    return ranks[row];
  }

  SeriesEntry entry(int row, int series, SeriesWalk walk) {
    int f = flags[row];
    if ((f & IndexWriter.NO_SAMPLES) != 0) {
      return new SeriesEntry(series, -1, 0, 0, 0, -1, 0, 0, false);
    }
    boolean lower = (f & IndexWriter.LOWER_BUCKET) != 0;
    int length = (int) (offsets[row + 1] - offsets[row]);
    if ((f & IndexWriter.WHOLE_COLUMN) == 0) {
      return new SeriesEntry(
          series,
          columns[row],
          startRows[row],
          rows[row],
          minTimes[row],
          maxTimes[row],
          offsets[row],
          length,
          lower);
    }
    ColumnPage page = walk.columns(columns[row]);
    int c = columns[row] % MetricsBlockFormat.COLUMNS_PER_PAGE;
    return new SeriesEntry(
        series,
        columns[row],
        0,
        page.rows(c),
        page.minTime(c),
        page.maxTime(c),
        offsets[row],
        length,
        lower);
  }

  @Override
  public int weight() {
    return weight;
  }
}
