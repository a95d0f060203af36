package io.foursight.config;

import java.util.List;
import java.util.Map;

/// A value as somebody wrote it, before its type is known, with the place where it stands
/// (`foursight.yaml:12`, `-server.http-listen-port`).
sealed interface RawValue {
  String place();

  record Text(String text, String place) implements RawValue {}

  record Items(List<RawValue> items, String place) implements RawValue {}

  /// In written order.
  record Entries(Map<String, RawValue> entries, String place) implements RawValue {}

  /// Nothing after the colon: the default stays.
  record Nothing(String place) implements RawValue {}
}
