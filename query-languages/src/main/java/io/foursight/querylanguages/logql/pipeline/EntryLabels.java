package io.foursight.querylanguages.logql.pipeline;

import io.foursight.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The labels of one entry while it passes the pipeline and after: name (a number of the run's
/// table), class, and value as a slice of some bytes. Valid until the run takes the next entry.
/// Owned by one thread; reading is public, changing is the steps' affair.
///
/// A label is of the stream, of structured metadata, or parsed; each name is there at most once.
/// Where a name is taken, structured metadata yields to the stream and parsed labels to both: they
/// go by `name_extracted`, which parsed labels take from anybody.
public final class EntryLabels {
  /// Where a label comes from.
  public enum Kind {
    STREAM,
    METADATA,
    PARSED
  }

  public static final String ERROR = "__error__";
  public static final String ERROR_DETAILS = "__error_details__";
  static final String PRESERVE_ERROR = "__preserve_error__";

  private static final Kind[] KINDS = Kind.values();

  private final Names names;

  private int count;
  private int[] ids = new int[32];
  private byte[] kinds = new byte[32];
  private int[] passes = new int[32];
  private byte[][] buffers = new byte[32][];
  private int[] offsets = new int[32];
  private int[] lengths = new int[32];

  /// By name: where it is, valid when the stamp is the row's.
  private int[] slots = new int[64];

  private int[] stamps = new int[64];
  private int stamp;

  /// How many labels the stream has.
  private int streamCount;

  /// By name: of which row the stream has this label.
  private int[] streamStamps = new int[64];

  /// The parser at work: of equal names in one pass the first wins.
  private int pass;

  private String error = "";
  private String errorDetails = "";
  private boolean changed;

  EntryLabels(Names names) {
    this.names = names;
  }

  /// Begins an entry with the labels of its stream.
  void begin(StreamLabels stream) {
    stamp++;
    pass = 0;
    count = stream.size();
    streamCount = count;
    ensure(count, names.size());
    System.arraycopy(stream.ids, 0, ids, 0, count);
    System.arraycopy(stream.values, 0, buffers, 0, count);
    for (int i = 0; i < count; i++) {
      kinds[i] = 0;
      offsets[i] = 0;
      lengths[i] = buffers[i].length;
      int id = ids[i];
      slots[id] = i;
      stamps[id] = stamp;
      streamStamps[id] = stamp;
    }
    error = "";
    errorDetails = "";
    changed = false;
  }

  private void ensure(int labels, int nameCount) {
    if (labels >= ids.length) {
      int capacity = Math.max(labels + 1, ids.length * 2);
      ids = Arrays.copyOf(ids, capacity);
      kinds = Arrays.copyOf(kinds, capacity);
      passes = Arrays.copyOf(passes, capacity);
      buffers = Arrays.copyOf(buffers, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
    }
    if (nameCount > slots.length) {
      int capacity = Math.max(nameCount, slots.length * 2);
      slots = Arrays.copyOf(slots, capacity);
      stamps = Arrays.copyOf(stamps, capacity);
      streamStamps = Arrays.copyOf(streamStamps, capacity);
    }
  }

  /// Adds a pair of structured metadata.
  void addMetadata(int name, byte[] bytes, int offset, int length) {
    ensure(count, names.size());
    int id = streamStamps[name] == stamp ? names.extracted(name) : name;
    set(id, Kind.METADATA, bytes, offset, length);
    changed = true;
  }

  /// Marks the start of a parser's work.
  void beginPass() {
    pass++;
  }

  /// Adds what a parser found: under another name where the stream or the metadata have one. Of
  /// equal names in one pass the first stays.
  void addParsed(int name, byte[] bytes, int offset, int length) {
    ensure(count, names.size());
    int id = name;
    if (streamStamps[id] == stamp || isOf(id, Kind.METADATA)) {
      id = names.extracted(id);
      ensure(count, names.size());
    }
    if (stamps[id] == stamp && isOf(id, Kind.PARSED) && passes[slots[id]] == pass) {
      return;
    }
    set(id, Kind.PARSED, bytes, offset, length);
    passes[slots[id]] = pass;
    changed = true;
  }

  private boolean isOf(int id, Kind kind) {
    return stamps[id] == stamp && slots[id] >= 0 && kinds[slots[id]] == kind.ordinal();
  }

  /// Sets a label, whatever was there.
  void set(int name, byte[] bytes, int offset, int length) {
    set(name, Kind.PARSED, bytes, offset, length);
    passes[slots[name]] = pass;
    changed = true;
  }

  private void set(int id, Kind kind, byte[] bytes, int offset, int length) {
    ensure(count, names.size());
    int slot = stamps[id] == stamp ? slots[id] : -1;
    if (slot < 0) {
      slot = count++;
      ids[slot] = id;
      slots[id] = slot;
      stamps[id] = stamp;
    }
    kinds[slot] = (byte) kind.ordinal();
    buffers[slot] = bytes;
    offsets[slot] = offset;
    lengths[slot] = length;
  }

  void remove(int name) {
    int slot = find(name);
    if (slot < 0) {
      return;
    }
    slots[name] = -1;
    count--;
    if (slot < count) {
      ids[slot] = ids[count];
      kinds[slot] = kinds[count];
      passes[slot] = passes[count];
      buffers[slot] = buffers[count];
      offsets[slot] = offsets[count];
      lengths[slot] = lengths[count];
      slots[ids[slot]] = slot;
    }
    changed = true;
  }

  /// Where a label is, or -1.
  int find(int name) {
    return name < stamps.length && stamps[name] == stamp ? slots[name] : -1;
  }

  void error(String kind, String details) {
    error = kind;
    errorDetails = details;
    changed = true;
  }

  void clearError() {
    error = "";
    changed = true;
  }

  void clearErrorDetails() {
    errorDetails = "";
    changed = true;
  }

  boolean hasError() {
    return !error.isEmpty();
  }

  /// Whether anything was added to the stream's labels or taken from them.
  public boolean changed() {
    return changed;
  }

  /// Whether the labels of the stream are all there and still those of the stream.
  boolean keptStream() {
    if (!changed) {
      return true;
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      kept += kinds[i] == 0 ? 1 : 0;
    }
    return kept == streamCount;
  }

  /// The value of `__error__`, or empty; not among the labels counted by [#size()].
  public String error() {
    return error;
  }

  public String errorDetails() {
    return errorDetails;
  }

  public int size() {
    return count;
  }

  /// The number of a label's name.
  public int nameId(int index) {
    return ids[index];
  }

  public String name(int index) {
    return names.name(ids[index]);
  }

  public Kind kind(int index) {
    return KINDS[kinds[index]];
  }

  public byte[] valueBytes(int index) {
    return buffers[index];
  }

  public int valueOffset(int index) {
    return offsets[index];
  }

  public int valueLength(int index) {
    return lengths[index];
  }

  public String value(int index) {
    return new String(buffers[index], offsets[index], lengths[index], StandardCharsets.UTF_8);
  }

  /// The value of a label, or empty when absent; `__error__` is no label here.
  public String get(String name) {
    int slot = find(names.id(name));
    return slot < 0 ? "" : value(slot);
  }

  /// All labels of a class; `__error__` and its details are parsed labels. Labels without value are
  /// left out.
  public Labels labels(Kind kind) {
    var pairs = new String[2 * count + 4];
    int n = 0;
    for (int i = 0; i < count; i++) {
      // A label that a stage made is there even when it is empty.
      if (kinds[i] == kind.ordinal() && (lengths[i] > 0 || kind == Kind.PARSED)) {
        pairs[n++] = name(i);
        pairs[n++] = value(i);
      }
    }
    return sorted(pairs, kind == Kind.PARSED ? addErrors(pairs, n) : n);
  }

  /// All labels together. Unlike in other label sets, a value may be empty: LogQL tells a label
  /// without value from none.
  public Labels all() {
    var pairs = new String[2 * count + 4];
    int n = 0;
    for (int i = 0; i < count; i++) {
      pairs[n++] = name(i);
      pairs[n++] = value(i);
    }
    return sorted(pairs, addErrors(pairs, n));
  }

  private int addErrors(String[] pairs, int n) {
    int end = n;
    if (!error.isEmpty()) {
      pairs[end++] = ERROR;
      pairs[end++] = error;
    }
    if (!errorDetails.isEmpty()) {
      pairs[end++] = ERROR_DETAILS;
      pairs[end++] = errorDetails;
    }
    return end;
  }

  /// Few labels: insertion by name.
  private static Labels sorted(String[] pairs, int length) {
    for (int i = 2; i < length; i += 2) {
      String name = pairs[i];
      String value = pairs[i + 1];
      int j = i - 2;
      for (; j >= 0 && Labels.compareText(pairs[j], name) > 0; j -= 2) {
        pairs[j + 2] = pairs[j];
        pairs[j + 3] = pairs[j + 1];
      }
      pairs[j + 2] = name;
      pairs[j + 3] = value;
    }
    return Labels.ofSorted(Arrays.copyOf(pairs, length));
  }
}
