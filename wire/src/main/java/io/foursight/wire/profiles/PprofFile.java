package io.foursight.wire.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// One pprof file as columns, as it is written: nothing is repaired or left out. Tables are in the
/// order of the file; ids are resolved to rows, where -1 stands for an id that is 0 or that no row
/// has. Strings are checked to be UTF-8.
final class PprofFile {
  private static final int BYTES = ProtoReader.BYTES;

  final byte[] bytes;
  int strings;
  int[] stringOffsets = new int[64];
  int[] stringLengths = new int[64];
  int sampleTypes;
  int[] typeStrings = new int[4];
  int[] unitStrings = new int[4];
  int periodType;
  int periodUnit;
  long period;
  long timeNanos;
  long durationNanos;

  int mappings;
  long[] mappingNumbers = new long[6 * 4];
  int functions;
  long[] functionNumbers = new long[5 * 64];
  int locations;
  int[] locationMappings = new int[0];
  long[] addresses = new long[64];
  int[] lineEnds = new int[64];
  int lines;
  int[] lineFunctions = new int[0];
  long[] lineNumbers = new long[64];

  int samples;
  int[] sampleLocationEnds = new int[64];
  int sampleLocationCount;
  int[] sampleLocations = new int[256];
  long[] values = new long[64];
  int[] labelEnds = new int[64];
  int labels;
  int[] labelKeys = new int[16];
  int[] labelTexts = new int[16];

  private final ProtoReader in;
  private int[] sampleOffsets = new int[64];
  private long[] locationIds = new long[64];
  private long[] mappingIds = new long[64];
  private long[] functionIds = new long[64];
  private final Rows rowsOfLocations = new Rows();

  /// Rows by id: dense ids by an array, others by a map.
  private static final class Rows {
    private int[] dense = new int[64];
    private final Map<Long, Integer> sparse = new HashMap<>();

    void put(long id, int row) {
      if (id >= 0 && id < 4L * dense.length + 1024) {
        if (id >= dense.length) {
          dense = Arrays.copyOf(dense, (int) Math.max(id + 1, 2L * dense.length));
        }
        dense[(int) id] = row + 1;
      } else {
        sparse.put(id, row);
      }
    }

    int row(long id) {
      if (id >= 0 && id < dense.length && dense[(int) id] != 0) {
        return dense[(int) id] - 1;
      }
      return sparse.isEmpty() ? -1 : sparse.getOrDefault(id, -1);
    }
  }

  /// @param bytes the message, not compressed; kept
  /// @throws FoursightException `BAD_DATA` with the offset
  PprofFile(byte[] bytes) {
    this(bytes, false);
  }

  /// @param functionIds whether functions take the ids of locations when all theirs are 0
  PprofFile(byte[] bytes, boolean functionIds) {
    this.bytes = bytes;
    this.in = new ProtoReader(bytes);
    readTables();
    if (functionIds) {
      giveFunctionsIds();
    }
    resolve();
    readSamples();
  }

  private void readTables() {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> sampleType();
        case 2 << 3 | BYTES -> {
          if (samples == sampleOffsets.length) {
            sampleOffsets = Arrays.copyOf(sampleOffsets, 2 * samples);
          }
          sampleOffsets[samples++] = in.position();
          in.skip(tag);
        }
        case 3 << 3 | BYTES -> mapping();
        case 4 << 3 | BYTES -> location();
        case 5 << 3 | BYTES -> function();
        case 6 << 3 | BYTES -> string();
        case 9 << 3 -> timeNanos = in.varint();
        case 10 << 3 -> durationNanos = in.varint();
        case 11 << 3 | BYTES -> {
          int outer = in.enter();
          for (int inner = in.tag(); inner != 0; inner = in.tag()) {
            switch (inner) {
              case 1 << 3 -> periodType = (int) in.varint();
              case 2 << 3 -> periodUnit = (int) in.varint();
              default -> in.skip(inner);
            }
          }
          in.leave(outer);
        }
        case 12 << 3 -> period = in.varint();
        default -> in.skip(tag);
      }
    }
  }

  private void string() {
    int length = in.length();
    int offset = in.position();
    checkUtf8(offset, length);
    if (strings == stringOffsets.length) {
      stringOffsets = Arrays.copyOf(stringOffsets, 2 * strings);
      stringLengths = Arrays.copyOf(stringLengths, 2 * strings);
    }
    stringOffsets[strings] = offset;
    stringLengths[strings++] = length;
    in.position(offset + length);
  }

  private void checkUtf8(int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] < 0) {
        try {
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
          return;
        } catch (CharacterCodingException e) {
          throw new FoursightException(
              ErrorKind.BAD_DATA,
              "invalid profile: string " + strings + " at offset " + offset + " is not UTF-8");
        }
      }
    }
  }

  private void sampleType() {
    if (sampleTypes == typeStrings.length) {
      typeStrings = Arrays.copyOf(typeStrings, 2 * sampleTypes);
      unitStrings = Arrays.copyOf(unitStrings, 2 * sampleTypes);
    }
    int outer = in.enter();
    typeStrings[sampleTypes] = 0;
    unitStrings[sampleTypes] = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> typeStrings[sampleTypes] = (int) in.varint();
        case 2 << 3 -> unitStrings[sampleTypes] = (int) in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    sampleTypes++;
  }

  /// id, start, limit, offset, file name, build id with the flag "has functions" above it.
  private void mapping() {
    int at = 6 * mappings++;
    if (at == mappingNumbers.length) {
      mappingNumbers = Arrays.copyOf(mappingNumbers, 2 * at);
    }
    Arrays.fill(mappingNumbers, at, at + 6, 0);
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3, 2 << 3, 3 << 3, 4 << 3, 5 << 3 ->
            mappingNumbers[at + (tag >> 3) - 1] = in.varint();
        case 6 << 3 -> mappingNumbers[at + 5] |= in.varint() & 0xffffffffL;
        case 7 << 3 -> mappingNumbers[at + 5] |= in.varint() != 0 ? 1L << 32 : 0;
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
  }

  /// id, name, system name, file name, start line.
  private void function() {
    int at = 5 * functions++;
    if (at == functionNumbers.length) {
      functionNumbers = Arrays.copyOf(functionNumbers, 2 * at);
    }
    Arrays.fill(functionNumbers, at, at + 5, 0);
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3, 2 << 3, 3 << 3, 4 << 3, 5 << 3 ->
            functionNumbers[at + (tag >> 3) - 1] = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
  }

  private void location() {
    int row = locations++;
    if (row == addresses.length) {
      locationIds = Arrays.copyOf(locationIds, 2 * row);
      mappingIds = Arrays.copyOf(mappingIds, 2 * row);
      addresses = Arrays.copyOf(addresses, 2 * row);
      lineEnds = Arrays.copyOf(lineEnds, 2 * row);
    }
    locationIds[row] = 0;
    addresses[row] = 0;
    mappingIds[row] = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> locationIds[row] = in.varint();
        case 2 << 3 -> mappingIds[row] = in.varint();
        case 3 << 3 -> addresses[row] = in.varint();
        case 4 << 3 | BYTES -> line();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    lineEnds[row] = lines;
  }

  private void line() {
    if (lines == lineNumbers.length) {
      functionIds = Arrays.copyOf(functionIds, 2 * lines);
      lineNumbers = Arrays.copyOf(lineNumbers, 2 * lines);
    }
    functionIds[lines] = 0;
    lineNumbers[lines] = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> functionIds[lines] = in.varint();
        case 2 << 3 -> lineNumbers[lines] = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    lines++;
  }

  private void giveFunctionsIds() {
    for (int f = 0; f < functions; f++) {
      if (functionNumbers[5 * f] != 0) {
        return;
      }
    }
    if (functions == locations) {
      for (int f = 0; f < functions; f++) {
        functionNumbers[5 * f] = locationIds[f];
      }
    }
  }

  long locationId(int location) {
    return locationIds[location];
  }

  private void resolve() {
    if (strings == 0) {
      // Whoever refers to string 0 finds an empty one.
      strings = 1;
    }
    if (stringLengths[0] != 0) {
      throw bad("string 0 is not empty");
    }
    var rowsOfMappings = new Rows();
    for (int m = 0; m < mappings; m++) {
      rowsOfMappings.put(mappingNumbers[6 * m], m);
    }
    var rowsOfFunctions = new Rows();
    for (int f = 0; f < functions; f++) {
      rowsOfFunctions.put(functionNumbers[5 * f], f);
    }
    locationMappings = new int[locations];
    lineFunctions = new int[lines];
    for (int l = 0; l < locations; l++) {
      rowsOfLocations.put(locationIds[l], l);
      locationMappings[l] = mappingIds[l] == 0 ? -1 : rowsOfMappings.row(mappingIds[l]);
    }
    for (int l = 0; l < lines; l++) {
      lineFunctions[l] = functionIds[l] == 0 ? -1 : rowsOfFunctions.row(functionIds[l]);
    }
    for (int t = 0; t < sampleTypes; t++) {
      stringRow(typeStrings[t]);
      stringRow(unitStrings[t]);
    }
    stringRow(periodType);
    stringRow(periodUnit);
  }

  /// A string by its number.
  ///
  /// @throws FoursightException `BAD_DATA` when there is none
  String string(long number) {
    int row = stringRow(number);
    return new String(bytes, stringOffsets[row], stringLengths[row], StandardCharsets.UTF_8);
  }

  int stringRow(long number) {
    if (number < 0 || number >= strings) {
      throw bad("it refers to string " + number + " of " + strings);
    }
    return (int) number;
  }

  private void readSamples() {
    // A value takes a byte at least.
    if ((long) samples * sampleTypes > bytes.length) {
      throw bad(samples + " samples do not have a value for each of " + sampleTypes + " types");
    }
    values = new long[Math.max(1, samples * sampleTypes)];
    sampleLocationEnds = new int[Math.max(1, samples)];
    labelEnds = new int[Math.max(1, samples)];
    for (int s = 0; s < samples; s++) {
      in.reset(bytes, sampleOffsets[s], bytes.length - sampleOffsets[s]);
      int outer = in.enter();
      int read = 0;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 -> addLocation(in.varint());
          case 1 << 3 | BYTES -> {
            int rest = in.enter();
            while (!in.atEnd()) {
              addLocation(in.varint());
            }
            in.leave(rest);
          }
          case 2 << 3 -> read = addValue(s, read, in.varint());
          case 2 << 3 | BYTES -> {
            int rest = in.enter();
            while (!in.atEnd()) {
              read = addValue(s, read, in.varint());
            }
            in.leave(rest);
          }
          case 3 << 3 | BYTES -> label();
          default -> in.skip(tag);
        }
      }
      in.leave(outer);
      if (read != sampleTypes) {
        throw bad("sample " + s + " has " + read + " values for " + sampleTypes + " sample types");
      }
      sampleLocationEnds[s] = sampleLocationCount;
      labelEnds[s] = labels;
    }
  }

  private void addLocation(long id) {
    if (sampleLocationCount == sampleLocations.length) {
      sampleLocations = Arrays.copyOf(sampleLocations, 2 * sampleLocationCount);
    }
    sampleLocations[sampleLocationCount++] = id == 0 ? -1 : rowsOfLocations.row(id);
  }

  private int addValue(int sample, int read, long value) {
    if (read < sampleTypes) {
      values[sample * sampleTypes + read] = value;
    }
    return read + 1;
  }

  /// Only labels with a text are kept.
  private void label() {
    long key = 0;
    long text = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> key = in.varint();
        case 2 << 3 -> text = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    if (text == 0) {
      return;
    }
    if (labels == labelKeys.length) {
      labelKeys = Arrays.copyOf(labelKeys, 2 * labels);
      labelTexts = Arrays.copyOf(labelTexts, 2 * labels);
    }
    labelKeys[labels] = stringRow(key);
    labelTexts[labels++] = stringRow(text);
  }

  int sampleLocationStart(int sample) {
    return sample == 0 ? 0 : sampleLocationEnds[sample - 1];
  }

  int labelStart(int sample) {
    return sample == 0 ? 0 : labelEnds[sample - 1];
  }

  int lineStart(int location) {
    return location == 0 ? 0 : lineEnds[location - 1];
  }

  static FoursightException bad(String what) {
    return new FoursightException(ErrorKind.BAD_DATA, "invalid profile: " + what);
  }
}
