package io.foursight.wire.profiles;

import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Brings stacks of an OTLP dictionary into the symbols of a batch, each row when it is first asked
/// for. Addresses of frames with a name are cleared, so that equal frames of several processes are
/// equal. Owned by one thread.
final class OtlpSymbols {
  private static final int UNKNOWN = -2;

  private final OtlpDictionary dictionary;
  private final SymbolsInterner symbols;
  private final PprofLimits limits;
  private final int[] stackOf;
  private final int[] locationOf;
  private final int[] functionOf;
  private final int[] mappingOf;
  private int noStack = -1;

  OtlpSymbols(OtlpDictionary dictionary, SymbolsInterner symbols, PprofLimits limits) {
    this.dictionary = dictionary;
    this.symbols = symbols;
    this.limits = limits;
    this.stackOf = unknown(dictionary.rows(OtlpDictionary.STACKS));
    this.locationOf = unknown(dictionary.rows(OtlpDictionary.LOCATIONS));
    this.functionOf = unknown(dictionary.rows(OtlpDictionary.FUNCTIONS));
    this.mappingOf = unknown(dictionary.rows(OtlpDictionary.MAPPINGS));
  }

  private static int[] unknown(int rows) {
    var numbers = new int[rows];
    Arrays.fill(numbers, UNKNOWN);
    return numbers;
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` when something refers to nothing
  int stack(long index) {
    if (index >= 0 && index < stackOf.length && stackOf[(int) index] != UNKNOWN) {
      return stackOf[(int) index];
    }
    if (index == 0 && stackOf.length == 0) {
      return noStack();
    }
    ProtoReader in = dictionary.row(OtlpDictionary.STACKS, index, "stack");
    var path = new long[16];
    int depth = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            path = depth == path.length ? Arrays.copyOf(path, 2 * depth) : path;
            path[depth++] = in.varint();
          }
          in.leave(outer);
        }
        case 1 << 3 -> {
          path = depth == path.length ? Arrays.copyOf(path, 2 * depth) : path;
          path[depth++] = in.varint();
        }
        default -> in.skip(tag);
      }
    }
    int deepest = limits.maxDepth() == 0 ? 0 : Math.max(0, depth - limits.maxDepth());
    int stack = -1;
    for (int i = depth - 1; i >= deepest; i--) {
      int location = location(path[i]);
      stack = location < 0 ? stack : symbols.stack(stack, location);
    }
    stackOf[(int) index] = stack < 0 ? noStack() : stack;
    return stackOf[(int) index];
  }

  /// What was taken without a stack still counts.
  private int noStack() {
    if (noStack < 0) {
      byte[] name = "unknown".getBytes(StandardCharsets.US_ASCII);
      int function = symbols.function(symbols.string(name, 0, name.length), 0, 0, 0);
      noStack = symbols.stack(-1, symbols.location(-1, 0, new int[] {function}, new long[1], 1));
    }
    return noStack;
  }

  /// -1 for a frame with neither address nor name.
  private int location(long index) {
    if (index >= 0 && index < locationOf.length && locationOf[(int) index] != UNKNOWN) {
      return locationOf[(int) index];
    }
    ProtoReader in = dictionary.row(OtlpDictionary.LOCATIONS, index, "location");
    long mapping = 0;
    long address = 0;
    var functions = new int[4];
    var lines = new long[4];
    int count = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> mapping = in.varint();
        case 2 << 3 -> address = in.varint();
        case 3 << 3 | ProtoReader.BYTES -> {
          if (count == functions.length) {
            functions = Arrays.copyOf(functions, 2 * count);
            lines = Arrays.copyOf(lines, 2 * count);
          }
          long function = 0;
          lines[count] = 0;
          int outer = in.enter();
          for (int inner = in.tag(); inner != 0; inner = in.tag()) {
            switch (inner) {
              case 1 << 3 -> function = in.varint();
              case 2 << 3 -> lines[count] = in.varint();
              default -> in.skip(inner);
            }
          }
          in.leave(outer);
          int known = function(function);
          if (known >= 0) {
            functions[count++] = known;
          }
        }
        default -> in.skip(tag);
      }
    }
    int location =
        count == 0 && address == 0
            ? -1
            : symbols.location(mapping(mapping), count > 0 ? 0 : address, functions, lines, count);
    locationOf[(int) index] = location;
    return location;
  }

  /// -1 for one without a name.
  private int function(long index) {
    if (index >= 0 && index < functionOf.length && functionOf[(int) index] != UNKNOWN) {
      return functionOf[(int) index];
    }
    ProtoReader in = dictionary.row(OtlpDictionary.FUNCTIONS, index, "function");
    long name = 0;
    long systemName = 0;
    long file = 0;
    long line = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> name = in.varint();
        case 2 << 3 -> systemName = in.varint();
        case 3 << 3 -> file = in.varint();
        case 4 << 3 -> line = in.varint();
        default -> in.skip(tag);
      }
    }
    functionOf[(int) index] =
        dictionary.string(name).isEmpty()
            ? -1
            : symbols.function(text(name), text(systemName), text(file), line);
    return functionOf[(int) index];
  }

  /// -1 for none.
  private int mapping(long index) {
    if (index == 0 && mappingOf.length == 0) {
      return -1;
    }
    if (index >= 0 && index < mappingOf.length && mappingOf[(int) index] != UNKNOWN) {
      return mappingOf[(int) index];
    }
    ProtoReader in = dictionary.row(OtlpDictionary.MAPPINGS, index, "mapping");
    long start = 0;
    long limit = 0;
    long offset = 0;
    long file = 0;
    String buildId = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> start = in.varint();
        case 2 << 3 -> limit = in.varint();
        case 3 << 3 -> offset = in.varint();
        case 4 << 3 -> file = in.varint();
        case 5 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            buildId = buildId(in.varint(), buildId);
          }
          in.leave(outer);
        }
        case 5 << 3 -> buildId = buildId(in.varint(), buildId);
        default -> in.skip(tag);
      }
    }
    boolean none =
        start == 0
            && limit == 0
            && offset == 0
            && dictionary.string(file).isEmpty()
            && buildId.isEmpty();
    mappingOf[(int) index] =
        none ? -1 : symbols.mapping(start, limit, offset, text(file), text(buildId));
    return mappingOf[(int) index];
  }

  private String buildId(long attribute, String before) {
    OtlpDictionary.Attribute read = dictionary.attribute(attribute);
    return read.key().equals("process.executable.build_id.gnu") ? read.value() : before;
  }

  private int text(long string) {
    return text(dictionary.string(string));
  }

  private int text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int cut = NamedFrames.cut(bytes, 0, bytes.length, limits.maxSymbolLength());
    return symbols.string(bytes, cut, bytes.length - cut);
  }
}
