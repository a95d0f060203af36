package io.foursight.storage.traces.block.v1;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/// One column of a row group, read front to back. After [#read], `present` tells whether there is a
/// value; `number` has integers, bits of doubles, and 0 or 1; `binary` has bytes, and `code` their
/// number in the dictionary or -1. Owned by one thread.
final class Leaf extends PrimitiveConverter {
  private final ColumnReader reader;
  private final int level;
  private final boolean binaries;
  private Dictionary dictionary;

  boolean present;
  int repetition;
  int definition;
  long number;
  Binary binary = Binary.EMPTY;
  int code;

  Leaf(PageReadStore pages, MessageType schema, ColumnDescriptor column, String createdBy) {
    level = column.getMaxDefinitionLevel();
    binaries =
        switch (column.getPrimitiveType().getPrimitiveTypeName()) {
          case BINARY, FIXED_LEN_BYTE_ARRAY -> true;
          default -> false;
        };
    var store =
        new ColumnReadStoreImpl(pages, new Step(this, column.getPath().length), schema, createdBy);
    reader = store.getColumnReader(column);
  }

  /// The way from the root to the leaf.
  private static final class Step extends GroupConverter {
    private final Leaf leaf;
    private final int left;

    Step(Leaf leaf, int left) {
      this.leaf = leaf;
      this.left = left;
    }

    @Override
    public Converter getConverter(int field) {
      return left == 1 ? leaf : new Step(leaf, left - 1);
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  /// Reads the next value, or the place where there is none.
  void read() {
    repetition = reader.getCurrentRepetitionLevel();
    definition = reader.getCurrentDefinitionLevel();
    present = definition == level;
    if (present) {
      reader.writeCurrentValueToConverter();
    }
    reader.consume();
  }

  /// Whether the value to be read next goes on with the row.
  boolean goesOn() {
    return reader.getCurrentRepetitionLevel() > 0;
  }

  /// How far the next value repeats.
  int nextRepetition() {
    return reader.getCurrentRepetitionLevel();
  }

  /// Passes by the next value, without decoding it.
  void skip() {
    if (reader.getCurrentDefinitionLevel() == level) {
      reader.skip();
    }
    reader.consume();
  }

  /// Passes by a row.
  void skipRow() {
    do {
      skip();
    } while (goesOn());
  }

  int dictionarySize() {
    return dictionary == null ? 0 : dictionary.getMaxId() + 1;
  }

  @Override
  public boolean hasDictionarySupport() {
    return binaries;
  }

  @Override
  public void setDictionary(Dictionary read) {
    dictionary = read;
  }

  @Override
  public void addValueFromDictionary(int id) {
    code = id;
    binary = dictionary.decodeToBinary(id);
  }

  @Override
  public void addBinary(Binary value) {
    code = -1;
    binary = value;
  }

  @Override
  public void addInt(int value) {
    number = value;
  }

  @Override
  public void addLong(long value) {
    number = value;
  }

  @Override
  public void addDouble(double value) {
    number = Double.doubleToRawLongBits(value);
  }

  @Override
  public void addBoolean(boolean value) {
    number = value ? 1 : 0;
  }
}
