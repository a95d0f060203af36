package io.foursight.queryfrontend.profiles;

import io.foursight.model.TenantId;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.connect.MessageSchema;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.Map;
import java.util.function.Function;

/// What clients ask about the server: build, limits, and which features it has.
final class ProfilesStatusRoutes {
  /// What clients ask for before they use newer methods.
  private static final String PYROSCOPE_VERSION = "2.2.1";

  private static final MessageSchema FLAGS =
      new MessageSchema()
          .many()
          .message(
              1,
              "feature_flags",
              new MessageSchema()
                  .text(1, "name")
                  .bool(2, "enabled")
                  .text(3, "description")
                  .text(4, "documentation_url"));

  private final Function<TenantId, Map<String, Object>> limits;
  private final BuildInfo build;

  ProfilesStatusRoutes(Function<TenantId, Map<String, Object>> limits, BuildInfo build) {
    this.limits = limits;
    this.build = build;
  }

  /// `capabilities.v1.FeatureFlagsService`.
  void register(HttpRoutes routes) {
    new UnaryServices(routes, "capabilities.v1.FeatureFlagsService", 1 << 16)
        .on("GetFeatureFlags", new MessageSchema(), FLAGS, (call, in) -> flags())
        .register();
  }

  private static byte[] flags() {
    var out = new ProtoWriter();
    flag(out, "pyroscopeRuler", false, "Recording rules of profiles.");
    flag(out, "utf8LabelNames", true, "Label names beyond letters, digits and underscores.");
    return out.toByteArray();
  }

  private static void flag(ProtoWriter out, String name, boolean enabled, String description) {
    int mark = out.begin(1);
    out.string(1, name);
    out.varint(2, enabled ? 1 : 0);
    out.string(3, description);
    out.end(mark);
  }

  HttpReply buildInfo(HttpCall call) {
    var out = new JsonBuffer();
    out.raw("{\"status\":\"success\",\"data\":{\"version\":").text(PYROSCOPE_VERSION);
    out.raw(",\"revision\":").text(build.revision());
    out.raw(",\"branch\":").text("foursight-" + build.version());
    out.raw(",\"buildUser\":\"foursight\",\"buildDate\":").text(build.buildDate());
    out.raw(",\"goVersion\":").text("java" + Runtime.version().feature());
    return HttpReply.json(200, out.raw("}}").toByteArray());
  }

  HttpReply tenantLimits(HttpCall call) {
    var out = new JsonBuffer();
    String comma = "{";
    for (var limit : limits.apply(call.tenant()).entrySet()) {
      out.raw(comma).text(limit.getKey()).raw(':');
      switch (limit.getValue()) {
        case Boolean b -> out.raw(b.toString());
        case Integer n -> out.number((long) n);
        case Long n -> out.number(n.longValue());
        case Number n -> out.number(n.doubleValue());
        case Object other -> out.text(other.toString());
      }
      comma = ",";
    }
    return HttpReply.json(200, out.raw(comma.equals("{") ? "{}" : "}").toByteArray());
  }
}
