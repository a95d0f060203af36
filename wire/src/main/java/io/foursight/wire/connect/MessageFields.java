package io.foursight.wire.connect;

import io.foursight.model.FoursightException;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The fields of one small message, looked up by number: requests. Absent is zero, or empty.
/// Immutable. Errors: `BAD_DATA` for malformed protobuf or a field of another type.
public final class MessageFields {
  public static final MessageFields NONE = new MessageFields(Map.of());

  private final Map<Integer, List<Object>> values;

  private MessageFields(Map<Integer, List<Object>> values) {
    this.values = values;
  }

  public static MessageFields of(byte[] message) {
    var values = new HashMap<Integer, List<Object>>();
    var in = new ProtoReader(message);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      Object value;
      switch (tag & 7) {
        case ProtoReader.VARINT -> value = in.varint();
        case ProtoReader.FIXED64 -> value = in.float64();
        case ProtoReader.BYTES -> value = in.bytes();
        default -> {
          in.skip(tag);
          continue;
        }
      }
      values.computeIfAbsent(tag >>> 3, n -> new ArrayList<>()).add(value);
    }
    return new MessageFields(values);
  }

  public boolean has(int number) {
    return values.containsKey(number);
  }

  private <T> List<T> all(int number, Class<T> type) {
    var found = new ArrayList<T>();
    for (Object value : values.getOrDefault(number, List.of())) {
      if (!type.isInstance(value)) {
        throw FoursightException.badData(
            "malformed protobuf: field " + number + " has another type than expected");
      }
      found.add(type.cast(value));
    }
    return found;
  }

  /// The last one counts.
  private <T> T last(int number, Class<T> type, T absent) {
    List<T> all = all(number, type);
    return all.isEmpty() ? absent : all.getLast();
  }

  public long number(int number) {
    return last(number, Long.class, 0L);
  }

  public boolean bool(int number) {
    return number(number) != 0;
  }

  public double decimal(int number) {
    return last(number, Double.class, 0.0);
  }

  public byte[] bytes(int number) {
    return last(number, byte[].class, new byte[0]);
  }

  public String text(int number) {
    return new String(bytes(number), StandardCharsets.UTF_8);
  }

  public List<String> texts(int number) {
    return all(number, byte[].class).stream()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }

  public Optional<MessageFields> message(int number) {
    return has(number) ? Optional.of(of(bytes(number))) : Optional.empty();
  }

  public List<MessageFields> messages(int number) {
    return all(number, byte[].class).stream().map(MessageFields::of).toList();
  }
}
