package io.foursight.wire.profiles.rpc;

import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.Columns;

/// Symbols, table by table; rows refer to each other by their numbers.
///
/// ```
/// 1 bytes strings but for the empty string 0: varint length, UTF-8, ...
/// 2 bytes mappings: varints start, limit, file offset, file name, build id, ...
/// 3 bytes functions: varints name, system name, file name, zigzag start line, ...
/// 4 bytes locations: varint mapping + 1, varint address, varint lines, and for each:
///         varint function, zigzag line number
/// 5 bytes stacks: varint parent + 1, varint location, ...
/// ```
final class SymbolsCodec {
  private static final int BYTES = ProtoReader.BYTES;

  private SymbolsCodec() {}

  static void write(ProtoWriter out, int field, ProfileSymbols symbols) {
    int message = out.begin(field);
    int mark = out.begin(1);
    for (int i = 1; i < symbols.strings(); i++) {
      out.rawVarint(symbols.stringLength(i));
      out.raw(symbols.text(), symbols.stringStart(i), symbols.stringLength(i));
    }
    out.end(mark);
    mark = out.begin(2);
    for (int i = 0; i < symbols.mappings(); i++) {
      out.rawVarint(symbols.mappingStart(i));
      out.rawVarint(symbols.mappingLimit(i));
      out.rawVarint(symbols.mappingFileOffset(i));
      out.rawVarint(symbols.mappingFileName(i));
      out.rawVarint(symbols.mappingBuildId(i));
    }
    out.end(mark);
    mark = out.begin(3);
    for (int i = 0; i < symbols.functions(); i++) {
      out.rawVarint(symbols.functionName(i));
      out.rawVarint(symbols.functionSystemName(i));
      out.rawVarint(symbols.functionFileName(i));
      Columns.zigzag(out, symbols.functionStartLine(i));
    }
    out.end(mark);
    mark = out.begin(4);
    for (int i = 0; i < symbols.locations(); i++) {
      out.rawVarint(symbols.locationMapping(i) + 1L);
      out.rawVarint(symbols.locationAddress(i));
      int first = symbols.lineStart(i);
      int end = symbols.lineEnd(i);
      out.rawVarint(end - first);
      for (int line = first; line < end; line++) {
        out.rawVarint(symbols.lineFunction(line));
        Columns.zigzag(out, symbols.lineNumber(line));
      }
    }
    out.end(mark);
    mark = out.begin(5);
    for (int i = 0; i < symbols.stacks(); i++) {
      out.rawVarint(symbols.stackParent(i) + 1L);
      out.rawVarint(symbols.stackLocation(i));
    }
    out.end(mark);
    out.end(message);
  }

  /// Reads the value of a field whose tag was just read.
  static ProfileSymbols read(ProtoReader in) {
    int outer = in.enter();
    var strings = new ProtoReader();
    var mappings = new ProtoReader();
    var functions = new ProtoReader();
    var locations = new ProtoReader();
    var stacks = new ProtoReader();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> Columns.enter(in, strings);
        case 2 << 3 | BYTES -> Columns.enter(in, mappings);
        case 3 << 3 | BYTES -> Columns.enter(in, functions);
        case 4 << 3 | BYTES -> Columns.enter(in, locations);
        case 5 << 3 | BYTES -> Columns.enter(in, stacks);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    var symbols = new ProfileSymbols();
    while (!strings.atEnd()) {
      int length = strings.length();
      symbols.addString(strings.array(), strings.position(), length);
      strings.position(strings.position() + length);
    }
    while (!mappings.atEnd()) {
      symbols.addMapping(
          mappings.varint(),
          mappings.varint(),
          mappings.varint(),
          string(mappings, symbols),
          string(mappings, symbols));
    }
    while (!functions.atEnd()) {
      symbols.addFunction(
          string(functions, symbols),
          string(functions, symbols),
          string(functions, symbols),
          functions.zigzag64());
    }
    while (!locations.atEnd()) {
      int mapping = Columns.index(locations, symbols.mappings() + 1, "mapping") - 1;
      symbols.addLocation(mapping, locations.varint());
      for (int left = Columns.count(locations); left > 0; left--) {
        int function = Columns.index(locations, symbols.functions(), "function");
        symbols.addLine(function, locations.zigzag64());
      }
    }
    while (!stacks.atEnd()) {
      int parent = Columns.index(stacks, symbols.stacks() + 1, "parent") - 1;
      symbols.addStack(parent, Columns.index(stacks, symbols.locations(), "location"));
    }
    return symbols;
  }

  private static int string(ProtoReader in, ProfileSymbols symbols) {
    return Columns.index(in, symbols.strings(), "string");
  }
}
