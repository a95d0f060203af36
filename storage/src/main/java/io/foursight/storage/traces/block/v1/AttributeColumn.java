package io.foursight.storage.traces.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.List;

/// A span attribute with a column of its own.
///
/// @param key as sent
/// @param type of [ValueType]; values of other types are in the list
/// @param name of the column
/// @param alsoListed whether some spans of the block have the attribute in the list: of another
///   type, or twice
record AttributeColumn(String key, int type, String name, boolean alsoListed) {
  AttributeColumn(String key, int type, String name) {
    this(key, type, name, false);
  }

  AttributeColumn withListed(boolean listed) {
    return new AttributeColumn(key, type, name, listed);
  }

  /// Attributes that have a column in every file, so that a query written once works on all.
  static final List<AttributeColumn> ALWAYS =
      List.of(
          of("http.request.method", ValueType.TEXT),
          of("http.response.status_code", ValueType.INT),
          of("http.route", ValueType.TEXT),
          of("url.path", ValueType.TEXT),
          of("url.full", ValueType.TEXT),
          of("server.address", ValueType.TEXT),
          of("server.port", ValueType.INT),
          of("db.system.name", ValueType.TEXT),
          of("db.query.text", ValueType.TEXT),
          of("rpc.service", ValueType.TEXT),
          of("rpc.method", ValueType.TEXT),
          of("messaging.destination.name", ValueType.TEXT),
          of("error.type", ValueType.TEXT));

  private static AttributeColumn of(String key, int type) {
    return new AttributeColumn(key, type, columnName(key));
  }

  /// `http.route` becomes `attr_http_route`.
  static String columnName(String key) {
    var name = new StringBuilder("attr_");
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      name.append(plain ? c : '_');
    }
    return name.toString();
  }

  void write(ByteWriter out) {
    out.text(key);
    out.u8(type);
    out.text(name);
    out.u8(alsoListed ? 1 : 0);
  }

  static AttributeColumn read(ByteReader in) {
    return new AttributeColumn(in.text(), in.u8(), in.text(), in.u8() != 0);
  }
}
