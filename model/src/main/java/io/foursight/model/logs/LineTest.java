package io.foursight.model.logs;

import java.util.List;

/// One compiled condition on the bytes of a line: a substring, a regular expression (RE2, not
/// anchored), a pattern, an address range. Compiled by `query-languages`; storage only asks.
/// Immutable and safe from any thread.
public interface LineTest {
  boolean matches(byte[] bytes, int offset, int length);

  /// What LogQL wrote: kind and text, for messages and for the wire.
  String text();

  /// When the test is nothing but "the line contains these bytes": those bytes. Empty array when it
  /// is anything else. Storage then may answer from dictionaries and templates without the line.
  byte[] substring();

  /// Byte strings that every matching line contains, all of them; empty when nothing is known. For
  /// pruning only.
  List<byte[]> requiredLiterals();
}
