package io.foursight.queryfrontend.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileType;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.connect.MessageFields;
import io.foursight.wire.connect.MessageSchema;
import io.foursight.wire.profiles.FlameGraph;
import io.foursight.wire.profiles.FrameTree;
import io.foursight.wire.profiles.PprofLimits;
import io.foursight.wire.profiles.ProfileFile;
import io.foursight.wire.profiles.pyroscope.Flamebearer;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// `adhocprofiles.v1.AdHocProfileService`: profiles that somebody uploads to look at them, in any
/// format that can be ingested. The file is kept as it came, under `<uploaded at, milliseconds, 13
/// digits>-<random UUID>-<name in hexadecimal>`, which is its id.
final class AdHocService {
  private static final String FOLDER = "adhoc";
  private static final int MAX_NAME = 60;

  /// How much larger a file may be without gzip.
  private static final int UNPACKED = 10;

  private static final int MAX_DEPTH = 5_000;

  /// Base64 and the message around it.
  private static final double GROWTH = 1.4;

  private static final MessageSchema UPLOAD =
      new MessageSchema().text(1, "name").text(2, "profile").int64(3, "max_nodes");
  private static final MessageSchema GET =
      new MessageSchema().text(1, "id").text(2, "profile_type").int64(3, "max_nodes");
  private static final MessageSchema PROFILE =
      new MessageSchema()
          .text(1, "id")
          .text(2, "name")
          .int64(3, "uploaded_at")
          .text(4, "profile_type")
          .many()
          .text(5, "profile_types")
          .text(6, "flamebearer_profile");
  private static final MessageSchema LIST =
      new MessageSchema()
          .many()
          .message(
              1,
              "profiles",
              new MessageSchema().text(1, "id").text(2, "name").int64(3, "uploaded_at"));
  private static final MessageSchema DIFF =
      new MessageSchema()
          .text(1, "left_id")
          .text(2, "right_id")
          .text(3, "profile_type")
          .int64(4, "max_nodes");
  private static final MessageSchema DIFFERENCE =
      new MessageSchema().many().text(1, "profile_types").text(2, "flamebearer_profile");

  private final ProfilesReadDesk desk;
  private final TenantObjects objects;
  private final Clock clock;

  AdHocService(ProfilesReadDesk desk, TenantObjects objects, Clock clock) {
    this.desk = desk;
    this.objects = objects;
    this.clock = clock;
  }

  /// @param maxBytes of a file of any tenant
  void register(HttpRoutes routes, long maxBytes) {
    long body = (long) (GROWTH * maxBytes) + 4096;
    new UnaryServices(routes, "adhocprofiles.v1.AdHocProfileService", body)
        .on("Upload", UPLOAD, PROFILE, this::upload)
        .on("Get", GET, PROFILE, this::get)
        .on("List", new MessageSchema(), LIST, (call, in) -> list(call))
        .on("Diff", DIFF, DIFFERENCE, this::diff)
        .register();
  }

  /// What an id tells.
  private record Id(String text, String name, long uploadedAt) {
    static Optional<Id> of(String text) {
      String[] parts = text.split("-", 2);
      int nameAt = 13 + 1 + 36 + 1;
      if (text.length() < nameAt || parts[0].length() != 13) {
        return Optional.empty();
      }
      try {
        String name =
            new String(HexFormat.of().parseHex(text.substring(nameAt)), StandardCharsets.UTF_8);
        var unused = UUID.fromString(text.substring(14, 50));
        return Optional.of(new Id(text, name, Long.parseLong(parts[0])));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  private byte[] upload(UnaryCall call, MessageFields in) {
    TenantId tenant = call.oneTenant();
    String name = in.text(1).length() > MAX_NAME ? in.text(1).substring(0, MAX_NAME) : in.text(1);
    byte[] file = file(in.text(2));
    long most = desk.limits(call.tenants()).maxAdhocProfileSize().bytes();
    if (file.length > most) {
      throw FoursightException.badData(
          "the profile has "
              + file.length
              + " bytes, the limit is "
              + most
              + " (limits.max_adhoc_profile_size)");
    }
    // What cannot be shown is not kept.
    Map<String, MergedStacks> profiles = ProfileFile.read(name, file, unpacked(call));
    String id =
        String.format("%013d", clock.millis())
            + "-"
            + UUID.randomUUID()
            + "-"
            + HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    byte[] answer = shown(call, Id.of(id).orElseThrow(), profiles, "", in.number(3));
    objects.put(tenant, FOLDER, id, file);
    return answer;
  }

  private PprofLimits unpacked(UnaryCall call) {
    long most = desk.limits(call.tenants()).maxAdhocProfileSize().bytes();
    return new PprofLimits(UNPACKED * most, 0, MAX_DEPTH, 0, 0);
  }

  private static byte[] file(String base64) {
    try {
      return Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      throw FoursightException.badData("the profile is not base64: " + e.getMessage());
    }
  }

  private byte[] get(UnaryCall call, MessageFields in) {
    Id id = id(in.text(1));
    return shown(call, id, read(call, id), in.text(2), in.number(3));
  }

  private static Id id(String text) {
    return Id.of(text)
        .orElseThrow(() ->
            FoursightException.badData("\"" + text + "\" is not the id of an uploaded profile"));
  }

  private Map<String, MergedStacks> read(UnaryCall call, Id id) {
    byte[] file =
        objects
            .get(call.oneTenant(), FOLDER, id.text())
            .orElseThrow(() ->
                new FoursightException(
                    ErrorKind.NOT_FOUND, "no uploaded profile has the id " + id.text()));
    return ProfileFile.read(id.name(), file, unpacked(call));
  }

  private byte[] shown(
      UnaryCall call, Id id, Map<String, MergedStacks> profiles, String wanted, long maxNodes) {
    String type = type(profiles, wanted);
    FrameTree tree = tree(call, profiles, type, maxNodes);
    var graph =
        new Flamebearer(
            FlameGraph.of(tree), id.name(), ProfileType.parse(type), Optional.empty(), Map.of());
    var out = new ProtoWriter();
    out.string(1, id.text());
    out.string(2, id.name());
    out.varint(3, id.uploadedAt());
    out.string(4, type);
    profiles.keySet().forEach(one -> out.string(5, one));
    out.bytes(6, graph.json(false));
    return out.toByteArray();
  }

  private FrameTree tree(
      UnaryCall call, Map<String, MergedStacks> profiles, String type, long maxNodes) {
    return FrameTree.of(profiles.get(type))
        .truncate(QueryRules.maxNodes(maxNodes, desk.limits(call.tenants())));
  }

  /// The type that is asked for, or the first one.
  private static String type(Map<String, MergedStacks> profiles, String wanted) {
    if (wanted.isEmpty()) {
      return profiles.keySet().iterator().next();
    }
    if (!profiles.containsKey(wanted)) {
      throw FoursightException.badData(
          "profile type \"" + wanted + "\" is not in the file, which has " + profiles.keySet());
    }
    return wanted;
  }

  private byte[] list(UnaryCall call) {
    List<Id> ids = new ArrayList<>();
    for (TenantObjects.Entry entry : objects.list(call.oneTenant(), FOLDER)) {
      Id.of(entry.name()).ifPresent(ids::add);
    }
    var out = new ProtoWriter();
    // The newest first.
    for (Id id : ids.reversed()) {
      int mark = out.begin(1);
      out.string(1, id.text());
      out.string(2, id.name());
      out.varint(3, id.uploadedAt());
      out.end(mark);
    }
    return out.toByteArray();
  }

  private byte[] diff(UnaryCall call, MessageFields in) {
    Map<String, MergedStacks> left = read(call, id(in.text(1)));
    Map<String, MergedStacks> right = read(call, id(in.text(2)));
    List<String> both = left.keySet().stream().filter(right::containsKey).toList();
    if (both.isEmpty()) {
      throw FoursightException.badData(
          "the profiles have no type in common: " + left.keySet() + " and " + right.keySet());
    }
    String type = in.text(3).isEmpty() ? both.getFirst() : type(left, in.text(3));
    FlameGraph graph =
        FlameGraph.diff(
            tree(call, left, type, in.number(4)),
            tree(call, right, type(right, type), in.number(4)));
    var out = new ProtoWriter();
    both.forEach(one -> out.string(1, one));
    out.bytes(2, Flamebearer.of(graph, ProfileType.parse(type)).json(true));
    return out.toByteArray();
  }
}
