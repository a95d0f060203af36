package io.foursight.wire.profiles;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/// Writes a sum of profiles as one pprof file, not compressed. Ids are row numbers plus one; only
/// stacks with a value become samples.
public final class PprofEncoder {
  private final ProtoWriter out = new ProtoWriter();
  private final MergedStacks stacks;
  private final ProfileSymbols symbols;

  private PprofEncoder(MergedStacks stacks) {
    this.stacks = stacks;
    this.symbols = stacks.symbols();
  }

  /// @param period 0 = unknown
  public static byte[] encode(
      MergedStacks stacks, ProfileType type, long timeNanos, long durationNanos, long period) {
    return new PprofEncoder(stacks).encode(type, timeNanos, durationNanos, period);
  }

  private byte[] encode(ProfileType type, long timeNanos, long durationNanos, long period) {
    // The texts of the types stand behind those of the symbols.
    int strings = symbols.strings();
    valueType(1, strings, strings + 1);
    samples();
    mappings();
    locations();
    functions();
    for (int s = 0; s < strings; s++) {
      text(symbols.text(), symbols.stringStart(s), symbols.stringLength(s));
    }
    text(type.sampleType());
    text(type.sampleUnit());
    text(type.periodType());
    text(type.periodUnit());
    out.varint(9, timeNanos);
    out.varint(10, durationNanos);
    valueType(11, strings + 2, strings + 3);
    out.varint(12, period);
    return out.toByteArray();
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    text(bytes, 0, bytes.length);
  }

  /// String 0 must be written although it is empty.
  private void text(byte[] bytes, int offset, int length) {
    out.rawVarint(6 << 3 | 2);
    out.rawVarint(length);
    out.raw(bytes, offset, length);
  }

  private void valueType(int field, int type, int unit) {
    int mark = out.begin(field);
    out.varint(1, type);
    out.varint(2, unit);
    out.end(mark);
  }

  private void samples() {
    for (int stack = 0; stack < symbols.stacks(); stack++) {
      long value = stacks.value(stack);
      if (value == 0) {
        continue;
      }
      int sample = out.begin(2);
      int path = out.begin(1);
      for (int s = stack; s >= 0; s = symbols.stackParent(s)) {
        out.rawVarint(symbols.stackLocation(s) + 1L);
      }
      out.end(path);
      int values = out.begin(2);
      out.rawVarint(value);
      out.end(values);
      out.end(sample);
    }
  }

  /// Mappings whose named frames have lost their addresses: they need no symbols any more.
  private BitSet resolved() {
    var resolved = new BitSet();
    var addressed = new BitSet();
    for (int l = 0; l < symbols.locations(); l++) {
      int mapping = symbols.locationMapping(l);
      if (mapping >= 0 && symbols.lineEnd(l) > symbols.lineStart(l)) {
        (symbols.locationAddress(l) == 0 ? resolved : addressed).set(mapping);
      }
    }
    resolved.andNot(addressed);
    return resolved;
  }

  private void mappings() {
    BitSet resolved = resolved();
    for (int m = 0; m < symbols.mappings(); m++) {
      int mark = out.begin(3);
      out.varint(1, m + 1L);
      out.varint(2, symbols.mappingStart(m));
      out.varint(3, symbols.mappingLimit(m));
      out.varint(4, symbols.mappingFileOffset(m));
      out.varint(5, symbols.mappingFileName(m));
      out.varint(6, symbols.mappingBuildId(m));
      out.varint(7, resolved.get(m) ? 1 : 0);
      out.end(mark);
    }
  }

  private void locations() {
    for (int l = 0; l < symbols.locations(); l++) {
      int mark = out.begin(4);
      out.varint(1, l + 1L);
      out.varint(2, symbols.locationMapping(l) + 1L);
      out.varint(3, symbols.locationAddress(l));
      for (int line = symbols.lineStart(l); line < symbols.lineEnd(l); line++) {
        int inner = out.begin(4);
        out.varint(1, symbols.lineFunction(line) + 1L);
        out.varint(2, symbols.lineNumber(line));
        out.end(inner);
      }
      out.end(mark);
    }
  }

  private void functions() {
    for (int f = 0; f < symbols.functions(); f++) {
      int mark = out.begin(5);
      out.varint(1, f + 1L);
      out.varint(2, symbols.functionName(f));
      out.varint(3, symbols.functionSystemName(f));
      out.varint(4, symbols.functionFileName(f));
      out.varint(5, symbols.functionStartLine(f));
      out.end(mark);
    }
  }
}
