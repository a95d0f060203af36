package io.foursight.model.profiles;

import java.util.Arrays;

/// Brings symbols of many tables into one, where equal symbols are once: strings by bytes,
/// everything else by its fields. Rows are copied when first needed, so only what is used arrives.
/// Owned by one thread.
public final class SymbolsInterner {
  private final ProfileSymbols symbols;
  private final Table strings = new Table();
  private final Table mappings = new Table();
  private final Table functions = new Table();
  private final Table locations = new Table();
  private final Table stacks = new Table();

  /// Numbers of rows of one other table here; -1 = not yet asked for.
  public final class From {
    private final ProfileSymbols other;
    private final int[] stringOf;
    private final int[] mappingOf;
    private final int[] functionOf;
    private final int[] locationOf;
    private final int[] stackOf;

    private From(ProfileSymbols other) {
      this.other = other;
      this.stringOf = unknown(other.strings());
      this.mappingOf = unknown(other.mappings());
      this.functionOf = unknown(other.functions());
      this.locationOf = unknown(other.locations());
      this.stackOf = unknown(other.stacks());
    }

    public int string(int string) {
      if (stringOf[string] < 0) {
        stringOf[string] =
            SymbolsInterner.this.string(
                other.text(), other.stringStart(string), other.stringLength(string));
      }
      return stringOf[string];
    }

    public int mapping(int mapping) {
      if (mappingOf[mapping] < 0) {
        mappingOf[mapping] =
            SymbolsInterner.this.mapping(
                other.mappingStart(mapping),
                other.mappingLimit(mapping),
                other.mappingFileOffset(mapping),
                string(other.mappingFileName(mapping)),
                string(other.mappingBuildId(mapping)));
      }
      return mappingOf[mapping];
    }

    public int function(int function) {
      if (functionOf[function] < 0) {
        functionOf[function] =
            SymbolsInterner.this.function(
                string(other.functionName(function)),
                string(other.functionSystemName(function)),
                string(other.functionFileName(function)),
                other.functionStartLine(function));
      }
      return functionOf[function];
    }

    public int location(int location) {
      if (locationOf[location] < 0) {
        int mapping = other.locationMapping(location);
        int first = other.lineStart(location);
        int count = other.lineEnd(location) - first;
        var lineFunctions = new int[count];
        var lineNumbers = new long[count];
        for (int i = 0; i < count; i++) {
          lineFunctions[i] = function(other.lineFunction(first + i));
          lineNumbers[i] = other.lineNumber(first + i);
        }
        locationOf[location] =
            SymbolsInterner.this.location(
                mapping < 0 ? -1 : mapping(mapping),
                other.locationAddress(location),
                lineFunctions,
                lineNumbers,
                count);
      }
      return locationOf[location];
    }

    public int stack(int stack) {
      // Down to the nearest ancestor that is known, then up again: stacks may be very deep.
      int unknownDepth = 0;
      for (int s = stack; s >= 0 && stackOf[s] < 0; s = other.stackParent(s)) {
        unknownDepth++;
      }
      if (unknownDepth > 0) {
        var path = new int[unknownDepth];
        int s = stack;
        for (int i = unknownDepth - 1; i >= 0; i--) {
          path[i] = s;
          s = other.stackParent(s);
        }
        int parent = s < 0 ? -1 : stackOf[s];
        for (int node : path) {
          parent = SymbolsInterner.this.stack(parent, location(other.stackLocation(node)));
          stackOf[node] = parent;
        }
      }
      return stackOf[stack];
    }

    private static int[] unknown(int size) {
      var numbers = new int[size];
      Arrays.fill(numbers, -1);
      return numbers;
    }
  }

  /// An open-addressed set of row numbers.
  private static final class Table {
    int[] slots = new int[128];
    int[] hashes = new int[128];
    int size;

    void add(int slot, int hash, int row) {
      slots[slot] = row + 1;
      hashes[slot] = hash;
      if (2 * ++size > slots.length) {
        int[] oldSlots = slots;
        int[] oldHashes = hashes;
        slots = new int[2 * oldSlots.length];
        hashes = new int[slots.length];
        for (int i = 0; i < oldSlots.length; i++) {
          if (oldSlots[i] != 0) {
            int at = oldHashes[i] & (slots.length - 1);
            while (slots[at] != 0) {
              at = (at + 1) & (slots.length - 1);
            }
            slots[at] = oldSlots[i];
            hashes[at] = oldHashes[i];
          }
        }
      }
    }
  }

  /// @param symbols empty; owned by the interner from now on, to be read by anybody who may ask it
  public SymbolsInterner(ProfileSymbols symbols) {
    this.symbols = symbols;
    string(symbols.text(), 0, 0);
  }

  public ProfileSymbols symbols() {
    return symbols;
  }

  /// A translation of the rows of another table.
  public From from(ProfileSymbols other) {
    return new From(other);
  }

  public int string(byte[] bytes, int offset, int length) {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    hash = mix(hash);
    int slot = hash & (strings.slots.length - 1);
    while (strings.slots[slot] != 0) {
      int row = strings.slots[slot] - 1;
      int start = symbols.stringStart(row);
      if (strings.hashes[slot] == hash
          && Arrays.equals(
              symbols.text(),
              start,
              start + symbols.stringLength(row),
              bytes,
              offset,
              offset + length)) {
        return row;
      }
      slot = (slot + 1) & (strings.slots.length - 1);
    }
    // The empty string is there before anybody asks for it.
    int row = length == 0 ? 0 : symbols.addString(bytes, offset, length);
    strings.add(slot, hash, row);
    return row;
  }

  public int mapping(long start, long limit, long fileOffset, int fileName, int buildId) {
    int hash = mix(hash(hash(hash(start, limit), fileOffset), 31L * fileName + buildId));
    int slot = hash & (mappings.slots.length - 1);
    while (mappings.slots[slot] != 0) {
      int row = mappings.slots[slot] - 1;
      if (mappings.hashes[slot] == hash
          && symbols.mappingStart(row) == start
          && symbols.mappingLimit(row) == limit
          && symbols.mappingFileOffset(row) == fileOffset
          && symbols.mappingFileName(row) == fileName
          && symbols.mappingBuildId(row) == buildId) {
        return row;
      }
      slot = (slot + 1) & (mappings.slots.length - 1);
    }
    int row = symbols.addMapping(start, limit, fileOffset, fileName, buildId);
    mappings.add(slot, hash, row);
    return row;
  }

  public int function(int name, int systemName, int fileName, long startLine) {
    int hash = mix(hash(hash(name, systemName), 31L * fileName + startLine));
    int slot = hash & (functions.slots.length - 1);
    while (functions.slots[slot] != 0) {
      int row = functions.slots[slot] - 1;
      if (functions.hashes[slot] == hash
          && symbols.functionName(row) == name
          && symbols.functionSystemName(row) == systemName
          && symbols.functionFileName(row) == fileName
          && symbols.functionStartLine(row) == startLine) {
        return row;
      }
      slot = (slot + 1) & (functions.slots.length - 1);
    }
    int row = symbols.addFunction(name, systemName, fileName, startLine);
    functions.add(slot, hash, row);
    return row;
  }

  /// @param mapping -1 when it has none
  /// @param lines how many of the two arrays count, innermost first
  public int location(
      int mapping, long address, int[] lineFunctions, long[] lineNumbers, int lines) {
    long sum = hash(mapping, address);
    for (int i = 0; i < lines; i++) {
      sum = hash(sum, 31L * lineFunctions[i] + lineNumbers[i]);
    }
    int hash = mix(sum);
    int slot = hash & (locations.slots.length - 1);
    while (locations.slots[slot] != 0) {
      int row = locations.slots[slot] - 1;
      if (locations.hashes[slot] == hash
          && symbols.locationMapping(row) == mapping
          && symbols.locationAddress(row) == address
          && sameLines(row, lineFunctions, lineNumbers, lines)) {
        return row;
      }
      slot = (slot + 1) & (locations.slots.length - 1);
    }
    int row = symbols.addLocation(mapping, address);
    for (int i = 0; i < lines; i++) {
      symbols.addLine(lineFunctions[i], lineNumbers[i]);
    }
    locations.add(slot, hash, row);
    return row;
  }

  private boolean sameLines(int row, int[] lineFunctions, long[] lineNumbers, int lines) {
    int first = symbols.lineStart(row);
    if (symbols.lineEnd(row) - first != lines) {
      return false;
    }
    for (int i = 0; i < lines; i++) {
      if (symbols.lineFunction(first + i) != lineFunctions[i]
          || symbols.lineNumber(first + i) != lineNumbers[i]) {
        return false;
      }
    }
    return true;
  }

  /// @param parent -1 for an outermost frame
  public int stack(int parent, int location) {
    int hash = mix(hash(parent, location));
    int slot = hash & (stacks.slots.length - 1);
    while (stacks.slots[slot] != 0) {
      int row = stacks.slots[slot] - 1;
      if (stacks.hashes[slot] == hash
          && symbols.stackParent(row) == parent
          && symbols.stackLocation(row) == location) {
        return row;
      }
      slot = (slot + 1) & (stacks.slots.length - 1);
    }
    int row = symbols.addStack(parent, location);
    stacks.add(slot, hash, row);
    return row;
  }

  private static long hash(long left, long right) {
    return (left * 0x9E3779B97F4A7C15L + right) * 0xC2B2AE3D27D4EB4FL;
  }

  private static int mix(long sum) {
    long mixed = (sum ^ sum >>> 32) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }
}
