package io.foursight.model.traces;

/// One field of the spans of a page. Row `r` has the values `start(r) .. end(r)-1`: none, one, or
/// several (elements of an array attribute; one and more per event or link). Value `v` has a type
/// and a number:
///
/// ```
/// TEXT     number = code into texts()
/// INT      the integer
/// DOUBLE   Double.doubleToRawLongBits
/// BOOL     0 or 1
/// DURATION nanoseconds
/// OTHER    something that no query can compare (bytes, maps, nested arrays): it only exists
/// ```
///
/// Arrays may be longer than used and belong to the cursor: read only.
///
/// @param ends by row, where its values end; empty when every row has at most one value, which then
///   has the row's number, and type `ABSENT` where there is none
/// @param types by value
/// @param numbers by value
/// @param texts what codes refer to
/// @param mayBeArray whether a row may hold an array attribute: then `arrays[r]` tells; else empty
public record SpanColumn(
    SpanField field,
    int[] ends,
    byte[] types,
    long[] numbers,
    SpanTexts texts,
    boolean mayBeArray,
    boolean[] arrays) {
  public static final byte ABSENT = 0;
  public static final byte TEXT = 1;
  public static final byte INT = 2;
  public static final byte DOUBLE = 3;
  public static final byte BOOL = 4;
  public static final byte DURATION = 5;
  public static final byte OTHER = 6;

  public int start(int row) {
    return ends.length == 0 ? row : row == 0 ? 0 : ends[row - 1];
  }

  public int end(int row) {
    return ends.length == 0 ? (types[row] == ABSENT ? row : row + 1) : ends[row];
  }

  public boolean has(int row) {
    return end(row) > start(row) || isArray(row);
  }

  /// Whether the row holds an array attribute, perhaps an empty one.
  public boolean isArray(int row) {
    return mayBeArray && arrays[row];
  }

  public double decimal(int value) {
    return Double.longBitsToDouble(numbers[value]);
  }

  public String text(int value) {
    return texts.text((int) numbers[value]);
  }
}
