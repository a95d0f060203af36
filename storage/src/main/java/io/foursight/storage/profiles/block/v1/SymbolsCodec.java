package io.foursight.storage.profiles.block.v1;

import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.function.IntToLongFunction;

/// The symbols of a partition, a [Section] of the tables of [ProfileSymbols], each column for
/// itself as a [LongColumn]:
///
/// ```
/// | string count varint   | lengths, but of the first, which is empty | bytes of all strings |
/// | mapping count varint  | starts | limits | file offsets | file names | build ids |
/// | function count varint | names | system names | file names | start lines |
/// | location count varint | mapping + 1 | addresses | line counts | line total varint | functions | lines |
/// | stack count varint    | own number - parent (own number + 1 without one) | locations |
/// ```
final class SymbolsCodec {
  private final LongColumn columns = new LongColumn();

  private void column(int count, IntToLongFunction values, ByteWriter out) {
    var x = new long[count];
    for (int i = 0; i < count; i++) {
      x[i] = values.applyAsLong(i);
    }
    columns.write(x, 0, count, out);
  }

  ByteWriter write(ProfileSymbols symbols) {
    var out = new ByteWriter(1 << 16);
    int strings = symbols.strings();
    out.varint(strings);
    column(strings - 1, s -> symbols.stringLength(s + 1), out);
    int last = strings - 1;
    out.bytes(symbols.text(), 0, symbols.stringStart(last) + symbols.stringLength(last));
    out.varint(symbols.mappings());
    column(symbols.mappings(), symbols::mappingStart, out);
    column(symbols.mappings(), symbols::mappingLimit, out);
    column(symbols.mappings(), symbols::mappingFileOffset, out);
    column(symbols.mappings(), symbols::mappingFileName, out);
    column(symbols.mappings(), symbols::mappingBuildId, out);
    out.varint(symbols.functions());
    column(symbols.functions(), symbols::functionName, out);
    column(symbols.functions(), symbols::functionSystemName, out);
    column(symbols.functions(), symbols::functionFileName, out);
    column(symbols.functions(), symbols::functionStartLine, out);
    int locations = symbols.locations();
    out.varint(locations);
    column(locations, l -> symbols.locationMapping(l) + 1L, out);
    column(locations, symbols::locationAddress, out);
    column(locations, l -> symbols.lineEnd(l) - symbols.lineStart(l), out);
    int lines = locations == 0 ? 0 : symbols.lineEnd(locations - 1);
    out.varint(lines);
    column(lines, symbols::lineFunction, out);
    column(lines, symbols::lineNumber, out);
    out.varint(symbols.stacks());
    column(symbols.stacks(), s -> s - symbols.stackParent(s), out);
    column(symbols.stacks(), symbols::stackLocation, out);
    return Section.pack(out);
  }

  /// @param bytes the whole section
  /// @param offset where it lies in the file
  ProfileSymbols read(byte[] bytes, long offset) {
    ByteReader in = Section.unpack(bytes, 0, bytes.length, ProfilesBlockFormat.PROFILES, offset);
    var symbols = new ProfileSymbols();
    int max = Integer.MAX_VALUE;
    int strings = in.varint(max);
    if (strings < 1) {
      throw in.corrupt("no strings");
    }
    int[] lengths = columns.readInts(in, strings - 1, max);
    for (int length : lengths) {
      int at = in.position();
      in.skip(length);
      symbols.addString(in.array(), at, length);
    }
    int last = strings - 1;
    int mappings = in.varint(max);
    long[] starts = columns.read(in, mappings);
    long[] limits = columns.read(in, mappings);
    long[] offsets = columns.read(in, mappings);
    int[] files = columns.readInts(in, mappings, last);
    int[] builds = columns.readInts(in, mappings, last);
    for (int m = 0; m < mappings; m++) {
      symbols.addMapping(starts[m], limits[m], offsets[m], files[m], builds[m]);
    }
    int functions = in.varint(max);
    int[] names = columns.readInts(in, functions, last);
    int[] systemNames = columns.readInts(in, functions, last);
    files = columns.readInts(in, functions, last);
    starts = columns.read(in, functions);
    for (int f = 0; f < functions; f++) {
      symbols.addFunction(names[f], systemNames[f], files[f], starts[f]);
    }
    readStacks(in, symbols);
    return symbols;
  }

  private void readStacks(ByteReader in, ProfileSymbols symbols) {
    int max = Integer.MAX_VALUE;
    int locations = in.varint(max);
    int[] mappingOf = columns.readInts(in, locations, symbols.mappings());
    long[] addresses = columns.read(in, locations);
    int[] counts = columns.readInts(in, locations, max);
    int lines = in.varint(max);
    int[] functionOf = columns.readInts(in, lines, Math.max(0, symbols.functions() - 1));
    long[] numbers = columns.read(in, lines);
    int line = 0;
    for (int l = 0; l < locations; l++) {
      symbols.addLocation(mappingOf[l] - 1, addresses[l]);
      if (counts[l] > lines - line) {
        throw in.corrupt("lines of location " + l + " past the " + lines + " that there are");
      }
      for (int i = 0; i < counts[l]; i++, line++) {
        symbols.addLine(functionOf[line], numbers[line]);
      }
    }
    int stacks = in.varint(max);
    int[] ups = columns.readInts(in, stacks, stacks);
    int[] locationOf = columns.readInts(in, stacks, Math.max(0, locations - 1));
    for (int s = 0; s < stacks; s++) {
      if (ups[s] < 1 || ups[s] > s + 1) {
        throw in.corrupt("stack " + s + " with a parent " + ups[s] + " before it");
      }
      symbols.addStack(s - ups[s], locationOf[s]);
    }
    if (in.remaining() > 0) {
      throw in.corrupt(in.remaining() + " bytes are left after the stacks");
    }
  }
}
