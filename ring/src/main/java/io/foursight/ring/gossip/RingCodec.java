package io.foursight.ring.gossip;

import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.RingName;
import io.foursight.ring.RingState;
import io.foursight.ring.Tokens;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Bytes of the message in the package's description; also the value that etcd and Consul keep.
public final class RingCodec {
  public static final int MAJOR = 1;
  public static final int MINOR = 0;

  private static final int MAGIC = 0x46535247;
  private static final InstanceState[] STATES = InstanceState.values();

  private RingCodec() {}

  /// @param minor of the sender
  /// @param exchange number of an exchange among those of its sender; its answer has the same
  public record Message(
      int minor, Kind kind, String label, int exchange, Map<RingName, RingState> rings) {
    public Message(Kind kind, String label, int exchange, Map<RingName, RingState> rings) {
      this(MINOR, kind, label, exchange, rings);
    }
  }

  public enum Kind {
    NEWS,
    EXCHANGE,
    ANSWER
  }

  public static byte[] encode(Message message) {
    var out = new ByteArrayOutputStream(256);
    out.writeBytes(ByteBuffer.allocate(4).putInt(MAGIC).array());
    out.write(MAJOR);
    out.write(message.minor());
    out.write(message.kind().ordinal());
    text(out, message.label());
    out.writeBytes(ByteBuffer.allocate(4).putInt(message.exchange()).array());
    var(out, message.rings().size());
    message
        .rings()
        .forEach((name, state) -> {
          text(out, name.value());
          List<InstanceDescriptor> instances = state.instances();
          var(out, instances.size());
          for (InstanceDescriptor instance : instances) {
            byte[] fields = fields(instance);
            var(out, fields.length);
            out.writeBytes(fields);
          }
        });
    return out.toByteArray();
  }

  private static byte[] fields(InstanceDescriptor i) {
    var out = new ByteArrayOutputStream(96 + 4 * i.tokens().size());
    text(out, i.id());
    text(out, i.address());
    text(out, i.zone());
    text(out, i.build());
    out.write(i.state().ordinal());
    out.write(i.readOnly() ? 1 : 0);
    out.writeBytes(
        ByteBuffer.allocate(40)
            .putLong(i.registered().toEpochMilli())
            .putLong(i.heartbeat().toEpochMilli())
            .putLong(i.readOnlySince().toEpochMilli())
            .putLong(i.incarnation())
            .putLong(i.version())
            .array());
    var(out, i.tokens().size());
    var tokens = ByteBuffer.allocate(4 * i.tokens().size());
    for (int t = 0; t < i.tokens().size(); t++) {
      tokens.putInt(i.tokens().at(t));
    }
    out.writeBytes(tokens.array());
    return out.toByteArray();
  }

  /// @throws FoursightException `BAD_DATA` for bytes that are no such message, and for another
  ///   major version, naming both
  public static Message decode(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    try {
      if (in.getInt() != MAGIC) {
        throw FoursightException.badData("not a ring message: its first bytes are not FSRG");
      }
      int major = in.get() & 0xff;
      int minor = in.get() & 0xff;
      if (major != MAJOR) {
        throw FoursightException.badData(
            "ring message has format version "
                + major
                + "."
                + minor
                + ", this program speaks "
                + MAJOR
                + "."
                + MINOR
                + "; the two releases cannot share a ring");
      }
      int kind = in.get() & 0xff;
      if (kind >= Kind.values().length) {
        throw FoursightException.badData("ring message is of unknown kind " + kind);
      }
      String label = text(in);
      int exchange = in.getInt();
      int count = var(in);
      Map<RingName, RingState> rings = new TreeMap<>();
      for (int r = 0; r < count; r++) {
        var name = new RingName(text(in));
        int size = var(in);
        List<InstanceDescriptor> instances = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          int length = var(in);
          if (length > in.remaining()) {
            throw new BufferUnderflowException();
          }
          instances.add(instance(in.slice(in.position(), length)));
          in.position(in.position() + length);
        }
        rings.put(name, RingState.of(instances));
      }
      return new Message(minor, Kind.values()[kind], label, exchange, rings);
    } catch (BufferUnderflowException e) {
      throw FoursightException.badData("ring message of " + bytes.length + " bytes is cut off");
    }
  }

  private static InstanceDescriptor instance(ByteBuffer in) {
    String id = text(in);
    String address = text(in);
    String zone = text(in);
    String build = text(in);
    int state = in.get() & 0xff;
    boolean readOnly = in.get() != 0;
    Instant registered = time(in.getLong());
    Instant heartbeat = time(in.getLong());
    Instant readOnlySince = time(in.getLong());
    long incarnation = in.getLong();
    long version = in.getLong();
    int count = var(in);
    if (state >= STATES.length || count > in.remaining() / 4) {
      throw FoursightException.badData(
          "ring message: instance \"" + id + "\" has state " + state + " and " + count + " tokens");
    }
    // Beyond any clock, it would silence everybody who is honest.
    if (version < 0 || version > 1L << 53) {
      throw FoursightException.badData(
          "ring message: instance \"" + id + "\" has version " + version);
    }
    int[] tokens = new int[count];
    for (int t = 0; t < count; t++) {
      tokens[t] = in.getInt();
    }
    return new InstanceDescriptor(
        id,
        address,
        zone,
        STATES[state],
        Tokens.of(tokens),
        registered,
        heartbeat,
        readOnly,
        readOnlySince,
        build,
        incarnation,
        version);
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(Math.clamp(millis, 0, 1L << 53));
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static String text(ByteBuffer in) {
    int length = var(in);
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void var(ByteArrayOutputStream out, int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static int var(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int b = in.get();
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw FoursightException.badData("ring message: a length of more than 28 bits");
  }
}
