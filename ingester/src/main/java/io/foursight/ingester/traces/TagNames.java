package io.foursight.ingester.traces;

import io.foursight.model.FoursightException;
import io.foursight.model.traces.SpanField.Scope;
import io.foursight.model.traces.TracesTags;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Names of attributes of some rows, by scope: every attribute's key is compared as bytes and
/// becomes a String once. Owned by one thread.
final class TagNames {
  /// Bytes with the equality of their content.
  private static final class Key {
    byte[] bytes = {};
    int offset;
    int length;
    int hash;

    void at(byte[] in, int from, int count) {
      bytes = in;
      offset = from;
      length = count;
      int h = count;
      for (int i = from; i < from + count; i++) {
        h = 31 * h + in[i];
      }
      hash = h;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && Arrays.equals(
              bytes, offset, offset + length, key.bytes, key.offset, key.offset + key.length);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final Map<Scope, Set<Key>> names = new EnumMap<>(Scope.class);
  private final Key probe = new Key();
  private final ProtoReader in = new ProtoReader();
  private final Set<Integer> groups = new HashSet<>();

  TagNames() {
    for (Scope scope : Scope.values()) {
      names.put(scope, new HashSet<>());
    }
  }

  void add(SegmentView view, int row) {
    int group = view.group(row);
    if (groups.add(group)) {
      message(view, view.resources(), view.groupResources()[group], 1, Scope.RESOURCE);
      message(view, view.scopes(), view.groupScopes()[group], 3, Scope.INSTRUMENTATION);
    }
    long place = view.place(row);
    in.reset(view.chunk(place), SegmentBytes.offset(place), view.length(row));
    try {
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 9 << 3 | ProtoReader.BYTES -> attribute(Scope.SPAN);
          case 11 << 3 | ProtoReader.BYTES -> nested(3, Scope.EVENT);
          case 13 << 3 | ProtoReader.BYTES -> nested(4, Scope.LINK);
          default -> in.skip(tag);
        }
      }
    } catch (FoursightException broken) {
      // What came before it counts.
    }
  }

  /// The next rows are of another segment.
  void nextSegment() {
    groups.clear();
  }

  private void message(
      SegmentView view, Messages.View messages, int number, int field, Scope scope) {
    long place = messages.places()[number];
    in.reset(view.chunk(place), SegmentBytes.offset(place), messages.messageLengths()[number]);
    try {
      attributes(field, scope);
    } catch (FoursightException broken) {
      // What came before it counts.
    }
  }

  private void nested(int field, Scope scope) {
    int outer = in.enter();
    attributes(field, scope);
    in.leave(outer);
  }

  private void attributes(int field, Scope scope) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (field << 3 | ProtoReader.BYTES)) {
        attribute(scope);
      } else {
        in.skip(tag);
      }
    }
  }

  private void attribute(Scope scope) {
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int length = in.length();
        probe.at(in.array(), in.position(), length);
        in.position(in.position() + length);
        Set<Key> known = names.get(scope);
        if (!known.contains(probe)) {
          var key = new Key();
          key.at(Arrays.copyOfRange(probe.bytes, probe.offset, probe.offset + length), 0, length);
          known.add(key);
        }
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
  }

  List<TracesTags> tags() {
    var all = new ArrayList<TracesTags>();
    names.forEach((scope, keys) -> {
      if (!keys.isEmpty()) {
        var sorted = new TreeSet<String>();
        keys.forEach(key -> sorted.add(new String(key.bytes, StandardCharsets.UTF_8)));
        all.add(new TracesTags(scope, List.copyOf(sorted)));
      }
    });
    return all;
  }
}
