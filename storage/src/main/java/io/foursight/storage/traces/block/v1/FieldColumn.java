package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanTexts;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.io.api.Binary;

/// Collects one column of a page, row by row: values, then [#endRow]. Owned by one thread.
final class FieldColumn implements ValueSink {
  private final SpanField field;
  private int rows;
  private int[] ends = new int[256];
  private int values;
  private int most;
  private byte[] types = new byte[256];
  private long[] numbers = new long[256];
  private boolean mayBeArray;
  private boolean[] arrays = new boolean[256];
  private boolean array;
  private byte[] bytes = new byte[1 << 10];
  private int byteCount;
  private int[] starts = new int[64];
  private int texts;

  /// Counts pages, so that codes of an older one are not taken for ours.
  private int page;

  FieldColumn(SpanField field) {
    this.field = field;
  }

  /// Codes that texts of a dictionary got in the current page.
  static final class Codes {
    private int page = -1;
    private int[] codes = {};
  }

  boolean isEmptyRow() {
    return values == (rows == 0 ? 0 : ends[rows - 1]) && !array;
  }

  /// Which page this is; codes are good for one.
  int page() {
    return page;
  }

  @Override
  public void number(int type, long value) {
    if (values == types.length) {
      types = Arrays.copyOf(types, 2 * values);
      numbers = Arrays.copyOf(numbers, 2 * values);
    }
    types[values] = (byte) type;
    numbers[values++] = value;
  }

  @Override
  public void array() {
    array = true;
    mayBeArray = true;
  }

  @Override
  public void text(byte[] from, int offset, int length) {
    number(SpanColumn.TEXT, code(from, offset, length));
  }

  /// The text that a leaf stands at; texts of a dictionary are kept once a page.
  void text(Leaf leaf, Codes known) {
    if (leaf.code < 0) {
      number(SpanColumn.TEXT, code(leaf.binary));
      return;
    }
    if (known.page != page) {
      known.page = page;
      if (known.codes.length < leaf.dictionarySize()) {
        known.codes = new int[leaf.dictionarySize()];
      }
      Arrays.fill(known.codes, 0);
    }
    int code = known.codes[leaf.code] - 1;
    if (code < 0) {
      code = code(leaf.binary);
      known.codes[leaf.code] = code + 1;
    }
    number(SpanColumn.TEXT, code);
  }

  private int code(Binary binary) {
    ByteBuffer buffer = binary.toByteBuffer();
    if (buffer.hasArray()) {
      return code(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    }
    byte[] copy = binary.getBytes();
    return code(copy, 0, copy.length);
  }

  /// Keeps a text, without a value.
  int code(byte[] from, int offset, int length) {
    if (bytes.length - byteCount < length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(byteCount, length), 2 * bytes.length));
    }
    if (texts + 2 > starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    System.arraycopy(from, offset, bytes, byteCount, length);
    byteCount += length;
    starts[++texts] = byteCount;
    return texts - 1;
  }

  void endRow() {
    if (rows == ends.length) {
      ends = Arrays.copyOf(ends, 2 * rows);
      arrays = Arrays.copyOf(arrays, 2 * rows);
    }
    most = Math.max(most, values - (rows == 0 ? 0 : ends[rows - 1]));
    arrays[rows] = array;
    array = false;
    ends[rows++] = values;
  }

  /// Bytes held, about.
  long heldBytes() {
    return byteCount + 4L * starts.length + 9L * types.length + 5L * ends.length;
  }

  /// The rows so far; the next ones begin a new page, and arrays.
  SpanColumn take() {
    boolean single = most <= 1;
    byte[] rowTypes = types;
    long[] rowNumbers = numbers;
    if (single) {
      rowTypes = new byte[rows];
      rowNumbers = new long[rows];
      int from = 0;
      for (int r = 0; r < rows; r++) {
        if (ends[r] > from) {
          rowTypes[r] = types[from];
          rowNumbers[r] = numbers[from];
          from = ends[r];
        }
      }
    }
    var column =
        new SpanColumn(
            field,
            single ? new int[0] : ends,
            rowTypes,
            rowNumbers,
            texts == 0 ? SpanTexts.NONE : new SpanTexts(bytes, starts, texts),
            mayBeArray,
            mayBeArray ? arrays : new boolean[0]);
    if (!single) {
      types = new byte[256];
      numbers = new long[256];
      ends = new int[256];
    }
    if (!single || mayBeArray) {
      arrays = new boolean[Math.max(256, ends.length)];
      ends = ends.length < arrays.length ? new int[arrays.length] : ends;
    }
    if (texts > 0) {
      bytes = new byte[1 << 10];
      starts = new int[64];
    }
    rows = 0;
    values = 0;
    most = 0;
    byteCount = 0;
    texts = 0;
    mayBeArray = false;
    page++;
    return column;
  }
}
