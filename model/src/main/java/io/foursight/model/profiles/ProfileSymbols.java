package io.foursight.model.profiles;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The symbols of some profiles, each table dense from 0, filled front to back:
///
/// ```
/// string   UTF-8 bytes; string 0 is empty
/// mapping  memory start, limit, file offset, file name, build id
/// function name, system name, file name, start line
/// location mapping (or -1), address, and lines: function and line number, innermost inlined call first
/// stack    parent stack (-1 at the root's end) and location: the path from the root down to here
/// ```
///
/// as [pprof's profile.proto](https://github.com/google/pprof/blob/main/proto/profile.proto) has
/// them, but for stacks, which are nodes of a tree: a parent's number is less than its child's.
/// Nothing is made distinct here; see [SymbolsInterner]. Owned by one thread while it is filled,
/// then read by any.
public final class ProfileSymbols {
  /// How many numbers a row of each table has.
  private static final int MAPPING = 5;

  private static final int FUNCTION = 4;
  private static final int LINE = 2;

  private byte[] text = new byte[1024];
  private int[] stringEnds = new int[64];
  private int strings;
  private long[] mappings = new long[MAPPING * 4];
  private int mappingCount;
  private long[] functions = new long[FUNCTION * 64];
  private int functionCount;
  private int[] locationMappings = new int[64];
  private long[] addresses = new long[64];
  private int[] lineEnds = new int[64];
  private int locationCount;
  private long[] lines = new long[LINE * 64];
  private int lineCount;
  private int[] parents = new int[64];
  private int[] stackLocations = new int[64];
  private int stackCount;

  public ProfileSymbols() {
    addString(text, 0, 0);
  }

  private ProfileSymbols(ProfileSymbols of) {
    text = of.text;
    stringEnds = of.stringEnds;
    strings = of.strings;
    mappings = of.mappings;
    mappingCount = of.mappingCount;
    functions = of.functions;
    functionCount = of.functionCount;
    locationMappings = of.locationMappings;
    addresses = of.addresses;
    lineEnds = of.lineEnds;
    locationCount = of.locationCount;
    lines = of.lines;
    lineCount = of.lineCount;
    parents = of.parents;
    stackLocations = of.stackLocations;
    stackCount = of.stackCount;
  }

  /// The rows that there are now, to be read by any thread that gets them safely while this one
  /// goes on adding; not to be added to itself. Copies nothing. Void after [#clear].
  public ProfileSymbols view() {
    return new ProfileSymbols(this);
  }

  /// Empties it, but for string 0.
  public void clear() {
    strings = 1;
    mappingCount = 0;
    functionCount = 0;
    locationCount = 0;
    lineCount = 0;
    stackCount = 0;
  }

  /// @return the number of the string
  public int addString(byte[] bytes, int offset, int length) {
    int at = strings == 0 ? 0 : stringEnds[strings - 1];
    if (text.length - at < length) {
      text = Arrays.copyOf(text, Math.max(at + length, 2 * text.length));
    }
    System.arraycopy(bytes, offset, text, at, length);
    if (strings == stringEnds.length) {
      stringEnds = Arrays.copyOf(stringEnds, 2 * strings);
    }
    stringEnds[strings] = at + length;
    return strings++;
  }

  public int addString(String string) {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    return addString(bytes, 0, bytes.length);
  }

  /// @return the number of the mapping
  public int addMapping(long start, long limit, long fileOffset, int fileName, int buildId) {
    int at = MAPPING * mappingCount;
    if (at == mappings.length) {
      mappings = Arrays.copyOf(mappings, 2 * at);
    }
    mappings[at] = start;
    mappings[at + 1] = limit;
    mappings[at + 2] = fileOffset;
    mappings[at + 3] = fileName;
    mappings[at + 4] = buildId;
    return mappingCount++;
  }

  /// @return the number of the function
  public int addFunction(int name, int systemName, int fileName, long startLine) {
    int at = FUNCTION * functionCount;
    if (at == functions.length) {
      functions = Arrays.copyOf(functions, 2 * at);
    }
    functions[at] = name;
    functions[at + 1] = systemName;
    functions[at + 2] = fileName;
    functions[at + 3] = startLine;
    return functionCount++;
  }

  /// Adds a location without lines; they follow by [#addLine].
  ///
  /// @param mapping -1 when it has none
  /// @return the number of the location
  public int addLocation(int mapping, long address) {
    if (locationCount == addresses.length) {
      int capacity = 2 * locationCount;
      locationMappings = Arrays.copyOf(locationMappings, capacity);
      addresses = Arrays.copyOf(addresses, capacity);
      lineEnds = Arrays.copyOf(lineEnds, capacity);
    }
    locationMappings[locationCount] = mapping;
    addresses[locationCount] = address;
    lineEnds[locationCount] = lineCount;
    return locationCount++;
  }

  /// Adds the next line, of a caller of the one before, to the location added last.
  public void addLine(int function, long line) {
    int at = LINE * lineCount;
    if (at == lines.length) {
      lines = Arrays.copyOf(lines, 2 * at);
    }
    lines[at] = function;
    lines[at + 1] = line;
    lineEnds[locationCount - 1] = ++lineCount;
  }

  /// @param parent the stack of the caller, -1 for an outermost frame
  /// @return the number of the stack
  public int addStack(int parent, int location) {
    if (parent >= stackCount) {
      throw new IllegalArgumentException("parent " + parent + " of stack " + stackCount);
    }
    if (stackCount == parents.length) {
      parents = Arrays.copyOf(parents, 2 * stackCount);
      stackLocations = Arrays.copyOf(stackLocations, 2 * stackCount);
    }
    parents[stackCount] = parent;
    stackLocations[stackCount] = location;
    return stackCount++;
  }

  public int strings() {
    return strings;
  }

  /// The bytes that strings lie in.
  public byte[] text() {
    return text;
  }

  public int stringStart(int string) {
    return string == 0 ? 0 : stringEnds[string - 1];
  }

  public int stringLength(int string) {
    return stringEnds[string] - stringStart(string);
  }

  public String string(int string) {
    return new String(text, stringStart(string), stringLength(string), StandardCharsets.UTF_8);
  }

  public int mappings() {
    return mappingCount;
  }

  public long mappingStart(int mapping) {
    return mappings[MAPPING * mapping];
  }

  public long mappingLimit(int mapping) {
    return mappings[MAPPING * mapping + 1];
  }

  public long mappingFileOffset(int mapping) {
    return mappings[MAPPING * mapping + 2];
  }

  public int mappingFileName(int mapping) {
    return (int) mappings[MAPPING * mapping + 3];
  }

  public int mappingBuildId(int mapping) {
    return (int) mappings[MAPPING * mapping + 4];
  }

  public int functions() {
    return functionCount;
  }

  public int functionName(int function) {
    return (int) functions[FUNCTION * function];
  }

  public int functionSystemName(int function) {
    return (int) functions[FUNCTION * function + 1];
  }

  public int functionFileName(int function) {
    return (int) functions[FUNCTION * function + 2];
  }

  public long functionStartLine(int function) {
    return functions[FUNCTION * function + 3];
  }

  public int locations() {
    return locationCount;
  }

  /// -1 when it has none.
  public int locationMapping(int location) {
    return locationMappings[location];
  }

  public long locationAddress(int location) {
    return addresses[location];
  }

  public int lineStart(int location) {
    return location == 0 ? 0 : lineEnds[location - 1];
  }

  public int lineEnd(int location) {
    return lineEnds[location];
  }

  public int lineFunction(int line) {
    return (int) lines[LINE * line];
  }

  public long lineNumber(int line) {
    return lines[LINE * line + 1];
  }

  /// The name of the frame of a location without lines: its binary and its address.
  public String unnamedFrame(int location) {
    int mapping = locationMapping(location);
    String file = mapping < 0 ? "" : string(mappingFileName(mapping));
    String binary = file.substring(file.lastIndexOf('/') + 1);
    return (binary.isEmpty() ? "unknown" : binary)
        + "!0x"
        + Long.toHexString(locationAddress(location));
  }

  public int stacks() {
    return stackCount;
  }

  /// -1 for an outermost frame.
  public int stackParent(int stack) {
    return parents[stack];
  }

  public int stackLocation(int stack) {
    return stackLocations[stack];
  }

  /// Bytes that the tables take in memory, for budgets.
  public long memoryBytes() {
    return text.length
        + 4L * (stringEnds.length + locationMappings.length + lineEnds.length)
        + 4L * (parents.length + stackLocations.length)
        + 8L * (mappings.length + functions.length + addresses.length + lines.length);
  }
}
