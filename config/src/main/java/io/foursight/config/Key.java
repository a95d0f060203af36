package io.foursight.config;

/// One leaf of the configuration: a key with a type and a default.
///
/// @param path dotted, snake case: `server.http_listen_port`
/// @param defaultValue of the Java type, never null
record Key(String path, ValueType type, String description, boolean secret, Object defaultValue) {
  String flag() {
    return Names.flag(path);
  }

  boolean isBoolean() {
    return type.equals(new ValueType.Scalar(ValueType.ScalarKind.BOOLEAN));
  }
}
