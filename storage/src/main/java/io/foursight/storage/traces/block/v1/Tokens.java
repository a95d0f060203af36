package io.foursight.storage.traces.block.v1;

import java.nio.charset.StandardCharsets;

/// Hashes of what filters may ask for: "this attribute has this value", "this attribute is there".
/// Part of the format.
///
/// ```
/// key   = hash(scope u8, name)                      scopes: span 0, resource 1, event 2, link 3,
/// token = mix(key, type, hash(text) or number)              instrumentation 4, intrinsics 5 (name = its enum's)
/// there = mix(key, 0, 0)
/// ```
///
/// Numbers are the integer, the bits of the double (of +0 for -0), and 0 or 1.
final class Tokens {
  static final int INTRINSIC = 5;
  static final int EXISTS = 0;

  private Tokens() {}

  static long key(int scope, byte[] bytes, int offset, int length) {
    return hash(bytes, offset, length) * 31 + scope;
  }

  static long key(int scope, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return key(scope, utf8, 0, utf8.length);
  }

  static long text(long key, byte[] bytes, int offset, int length) {
    return mix(key, ValueType.TEXT, hash(bytes, offset, length));
  }

  static long text(long key, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return text(key, utf8, 0, utf8.length);
  }

  static long integer(long key, long value) {
    return mix(key, ValueType.INT, value);
  }

  static long decimal(long key, double value) {
    return mix(key, ValueType.DOUBLE, Double.doubleToRawLongBits(value == 0 ? 0.0 : value));
  }

  static long bool(long key, boolean value) {
    return mix(key, ValueType.BOOL, value ? 1 : 0);
  }

  static long exists(long key) {
    return mix(key, EXISTS, 0);
  }

  static long mix(long key, int type, long value) {
    long h = key + type * 0xa0761d6478bd642fL ^ value * 0x9e3779b97f4a7c15L;
    h ^= h >>> 29;
    h *= 0xe7037ed1a0b428dbL;
    h ^= h >>> 32;
    h *= 0xd6e8feb86659fd93L;
    h ^= h >>> 32;
    h *= 0xd6e8feb86659fd93L;
    return h ^ h >>> 32;
  }

  static long hash(byte[] bytes, int offset, int length) {
    long h = 0xcbf29ce484222325L ^ length;
    for (int i = offset; i < offset + length; i++) {
      h = (h ^ bytes[i]) * 0x100000001b3L;
    }
    return h ^ h >>> 29;
  }
}
