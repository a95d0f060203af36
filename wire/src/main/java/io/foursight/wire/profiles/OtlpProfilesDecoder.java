package io.foursight.wire.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import io.foursight.wire.protobuf.ProtoReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Puts an OTLP `ExportProfilesServiceRequest` into a batch
/// ([profiles.proto](https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/profiles/v1development/profiles.proto)).
/// Its sample message changed without a word between 1.9 and 1.10:
///
/// ```
/// up to 1.9   stack 1, values 2, attributes 3, link 4, timestamps 5
/// from 1.10   stack 1, attributes 2, link 3, values 4, timestamps 5
/// ```
///
/// so which one it is is found out by the wire types of all samples of a request (a list is length
/// delimited, a link is not). When only field 2 is there: with timestamps and all of it being
/// attributes that exist it is the new one, where samples of value 1 have no values; else the old.
///
/// Samples of different `service.name` become profiles of different services. What the values are:
///
/// | sample type | period | profile |
/// | --- | --- | --- |
/// | samples:count | cpu:nanoseconds | process_cpu:cpu:nanoseconds:cpu:nanoseconds, times the period |
/// | any | any | named by the period's type, or without one by the sample's |
///
/// A profile that refers to what is not there is refused, the others are kept. Owned by one thread.
public final class OtlpProfilesDecoder {
  private static final String SERVICE = "service.name";

  private final SymbolsInterner symbols;
  private final ProfilesBatch batch;
  private final PprofLimits limits;
  private final ProfileRefusals refusals;
  private byte[] message = new byte[0];
  private OtlpDictionary dictionary;
  private OtlpSymbols stacks;
  private boolean old;
  private long nowNanos;

  /// @param symbols those of the batch
  public OtlpProfilesDecoder(
      SymbolsInterner symbols, ProfilesBatch batch, PprofLimits limits, ProfileRefusals refusals) {
    this.symbols = symbols;
    this.batch = batch;
    this.limits = limits;
    this.refusals = refusals;
  }

  /// @param now what a profile without a time has
  /// @param isNew whether the layout is known to be that of 1.10
  /// @throws FoursightException `BAD_DATA` when the message is malformed
  public void decode(byte[] request, long now, boolean isNew) {
    message = request;
    nowNanos = now;
    dictionary = new OtlpDictionary(request);
    var layout = new OtlpSampleLayout();
    var in = new ProtoReader(request);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (2 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        dictionary.read(in);
        in.leave(outer);
      } else if (tag == (1 << 3 | ProtoReader.BYTES) && !isNew) {
        int outer = in.enter();
        layout.readResource(in);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    old = !isNew && layout.isOld(dictionary.rows(OtlpDictionary.ATTRIBUTES));
    stacks = new OtlpSymbols(dictionary, symbols, limits);
    in.reset(request, 0, request.length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        resource(in);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void resource(ProtoReader in) {
    int start = in.position();
    var attributes = new LinkedHashMap<String, String>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        attributes(in, 1, attributes);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (2 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        scope(in, attributes);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void scope(ProtoReader in, Map<String, String> resource) {
    int start = in.position();
    var attributes = new LinkedHashMap<>(resource);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        attributes(in, 3, attributes);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    in.position(start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (2 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        int before = batch.profiles();
        int end = in.limit();
        try {
          profile(in, attributes);
        } catch (FoursightException e) {
          if (batch.profiles() != before) {
            throw e;
          }
          refusals.add("malformed_profile", ErrorKind.BAD_DATA, 1, e::getMessage);
          in.position(end);
        }
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  /// The first of several with one key counts.
  private static void attributes(ProtoReader in, int field, Map<String, String> into) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (field << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        OtlpDictionary.Attribute attribute = OtlpDictionary.keyValue(in);
        if (!attribute.value().isEmpty()) {
          into.putIfAbsent(attribute.key(), attribute.value());
        }
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  /// What is said of a profile beside its samples.
  private static final class Head {
    final int start;
    final int end;
    long type;
    long unit;
    long periodType;
    long periodUnit;
    long period;
    long time;
    long duration;
    int samples;
    ByteBuffer id = ByteBuffer.allocate(0);
    final Map<String, String> labels = new TreeMap<>();

    Head(int start, int end) {
      this.start = start;
      this.end = end;
    }
  }

  private void profile(ProtoReader in, Map<String, String> attributes) {
    Head head = head(in);
    if (limits.maxSamples() > 0 && head.samples > limits.maxSamples()) {
      throw PprofDecoder.tooManySamples(head.samples, limits);
    }
    String sampleType = dictionary.string(head.type);
    String unit = dictionary.string(head.unit);
    if (sampleType.isEmpty()) {
      throw PprofFile.bad("sample type is missing");
    }
    String periodType = head.period == 0 ? "" : dictionary.string(head.periodType);
    String periodUnit = head.period == 0 ? "" : dictionary.string(head.periodUnit);
    ProfileType type;
    long factor = 1;
    if (sampleType.equals("samples")
        && unit.equals("count")
        && periodType.equals("cpu")
        && periodUnit.equals("nanoseconds")) {
      type = new ProfileType("process_cpu", "cpu", "nanoseconds", "cpu", "nanoseconds");
      factor = Math.max(1, head.period);
    } else {
      type =
          new ProfileType(
              periodType.isEmpty() ? sampleType : periodType,
              sampleType,
              unit,
              periodType,
              periodUnit);
    }
    var services = new LinkedHashMap<String, SampleGroups>();
    in.position(head.start);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (2 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        sample(in, services, factor);
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    UUID id = id(head);
    services.forEach((service, groups) -> write(head, type, attributes, service, groups, id));
  }

  private Head head(ProtoReader in) {
    var head = new Head(in.position(), in.limit());
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> {
          long pair = valueType(in);
          head.type = pair >>> 32;
          head.unit = pair & 0xffffffffL;
        }
        case 2 << 3 | ProtoReader.BYTES -> {
          head.samples++;
          in.skip(tag);
        }
        case 3 << 3 | ProtoReader.FIXED64 -> head.time = in.fixed64();
        case 4 << 3 -> head.duration = in.varint();
        case 5 << 3 | ProtoReader.BYTES -> {
          long pair = valueType(in);
          head.periodType = pair >>> 32;
          head.periodUnit = pair & 0xffffffffL;
        }
        case 6 << 3 -> head.period = in.varint();
        case 7 << 3 | ProtoReader.BYTES -> head.id = ByteBuffer.wrap(in.bytes());
        case 11 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            OtlpDictionary.Attribute attribute = dictionary.attribute(in.varint());
            if (!attribute.value().isEmpty()) {
              head.labels.putIfAbsent(attribute.key(), attribute.value());
            }
          }
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
    return head;
  }

  /// Type and unit as one number.
  private static long valueType(ProtoReader in) {
    long type = 0;
    long unit = 0;
    int outer = in.enter();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> type = in.varint();
        case 2 << 3 -> unit = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return type << 32 | unit & 0xffffffffL;
  }

  private void sample(ProtoReader in, Map<String, SampleGroups> services, long factor) {
    int valuesField = old ? 2 : 4;
    int attributesField = old ? 3 : 2;
    int linkField = old ? 4 : 3;
    long stack = 0;
    long link = 0;
    long sum = 0;
    int values = 0;
    long timestamps = 0;
    var labels = new TreeMap<String, String>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      int field = tag >>> 3;
      int wire = tag & 7;
      if (field == valuesField && (wire == ProtoReader.BYTES || wire == ProtoReader.VARINT)) {
        int outer = wire == ProtoReader.BYTES ? in.enter() : in.limit();
        do {
          if (!in.atEnd()) {
            long one = in.varint();
            sum += one;
            values++;
            if (one < 0 || sum < 0) {
              throw PprofFile.bad("a sample has a value that is negative or passes 64 bits");
            }
          }
        } while (wire == ProtoReader.BYTES && !in.atEnd());
        if (wire == ProtoReader.BYTES) {
          in.leave(outer);
        }
      } else if (field == attributesField
          && (wire == ProtoReader.BYTES || wire == ProtoReader.VARINT)) {
        int outer = wire == ProtoReader.BYTES ? in.enter() : in.limit();
        do {
          if (!in.atEnd()) {
            OtlpDictionary.Attribute attribute = dictionary.attribute(in.varint());
            if (!attribute.value().isEmpty()) {
              labels.put(attribute.key(), attribute.value());
            }
          }
        } while (wire == ProtoReader.BYTES && !in.atEnd());
        if (wire == ProtoReader.BYTES) {
          in.leave(outer);
        }
      } else if (tag == 1 << 3) {
        stack = in.varint();
      } else if (tag == linkField << 3) {
        link = in.varint();
      } else if (tag == (5 << 3 | ProtoReader.BYTES)) {
        int length = in.length();
        timestamps += length / 8;
        in.position(in.position() + length);
      } else if (tag == (5 << 3 | ProtoReader.FIXED64)) {
        in.fixed64();
        timestamps++;
      } else {
        in.skip(tag);
      }
    }
    long value = values == 0 ? timestamps : sum;
    if (value == 0) {
      return;
    }
    if (value < 0 || value > Long.MAX_VALUE / factor) {
      throw PprofFile.bad("a sample has the value " + value);
    }
    var ids = new long[3];
    if (link != 0) {
      link(link, ids);
    }
    if (labels.size() > limits.maxSampleLabels() && limits.maxSampleLabels() > 0) {
      throw PprofFile.bad(
          "a sample has "
              + labels.size()
              + " labels, the limit is "
              + limits.maxSampleLabels()
              + " (limits.max_profile_stacktrace_sample_labels)");
    }
    String service = labels.remove(SERVICE);
    services
        .computeIfAbsent(service == null ? "" : service, unused -> new SampleGroups())
        .add(labels, stacks.stack(stack), ids[0], ids[1], ids[2], value * factor);
  }

  /// Span, and the two halves of the trace.
  private void link(long index, long[] ids) {
    ProtoReader in = dictionary.row(OtlpDictionary.LINKS, index, "link");
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> {
          byte[] trace = in.bytes();
          if (trace.length == 16) {
            ids[1] = ByteBuffer.wrap(trace).getLong();
            ids[2] = ByteBuffer.wrap(trace).getLong(8);
          }
        }
        case 2 << 3 | ProtoReader.BYTES -> {
          byte[] span = in.bytes();
          ids[0] = span.length == 8 ? ByteBuffer.wrap(span).getLong() : 0;
        }
        default -> in.skip(tag);
      }
    }
  }

  /// The sender's, or one that the same profile has again when it is sent again.
  private UUID id(Head head) {
    if (head.id.remaining() == 16 && (head.id.getLong(0) | head.id.getLong(8)) != 0) {
      return new UUID(head.id.getLong(0), head.id.getLong(8));
    }
    return UUID.nameUUIDFromBytes(Arrays.copyOfRange(message, head.start, head.end));
  }

  private void write(
      Head head,
      ProfileType type,
      Map<String, String> attributes,
      String sampleService,
      SampleGroups groups,
      UUID id) {
    var series = new TreeMap<>(attributes);
    head.labels.forEach(series::putIfAbsent);
    series.put("service_name", sampleService.isEmpty() ? service(attributes) : sampleService);
    series.put("__delta__", "false");
    series.put("__otel__", "true");
    groups.forEach((labels, group) -> {
      var all = new TreeMap<>(labels);
      all.putAll(series);
      batch.beginProfile(
          type.label(Labels.of(all)),
          head.time > 0 ? head.time : nowNanos,
          Math.max(0, head.duration),
          head.period,
          id.getMostSignificantBits(),
          id.getLeastSignificantBits());
      group.write(batch);
    });
  }

  private static String service(Map<String, String> attributes) {
    String name = attributes.get(SERVICE);
    String binary = attributes.get("process.executable.name");
    return name != null ? name : binary == null ? "unknown_service" : "unknown_service:" + binary;
  }
}
