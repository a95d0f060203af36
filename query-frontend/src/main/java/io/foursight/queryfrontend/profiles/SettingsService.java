package io.foursight.queryfrontend.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.connect.MessageFields;
import io.foursight.wire.connect.MessageSchema;
import io.foursight.wire.profiles.pyroscope.QuerierMessages;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// `settings.v1.SettingsService` and `settings.v1.RecordingRulesService`: what Profiles Drilldown
/// keeps for its users, one object for each setting. There are no recording rules: none are listed,
/// and none are taken.
///
/// A setting is stored as `| modified at, milliseconds i64 big-endian | value UTF-8 |` under its
/// name in hexadecimal. Who sets with a time that is older than that of what is there is refused.
final class SettingsService {
  private static final String FOLDER = "settings";
  private static final long MAX_REQUEST = 1 << 20;
  private static final int MAX_NAME = 256;
  private static final int MAX_SETTINGS = 1000;

  private static final MessageSchema SETTING =
      new MessageSchema().text(1, "name").text(2, "value").int64(3, "modifiedAt");
  private static final MessageSchema SETTINGS =
      new MessageSchema().many().message(1, "settings", SETTING);
  private static final MessageSchema ONE = new MessageSchema().message(1, "setting", SETTING);
  private static final MessageSchema NAME = new MessageSchema().text(1, "name");
  private static final MessageSchema NOTHING = new MessageSchema();
  private static final MessageSchema ID = new MessageSchema().text(1, "id");

  private final TenantObjects objects;
  private final Clock clock;

  SettingsService(TenantObjects objects, Clock clock) {
    this.objects = objects;
    this.clock = clock;
  }

  private record Setting(String name, String value, long modifiedAt) {
    void write(ProtoWriter out) {
      int mark = out.begin(1);
      out.string(1, name);
      out.string(2, value);
      out.varint(3, modifiedAt);
      out.end(mark);
    }

    byte[] stored() {
      var out = new byte[8 + 3 * value.length()];
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 8; i++) {
        out[i] = (byte) (modifiedAt >>> 56 - 8 * i);
      }
      System.arraycopy(text, 0, out, 8, text.length);
      return Arrays.copyOf(out, 8 + text.length);
    }

    static Setting of(String name, byte[] stored) {
      if (stored.length < 8) {
        throw FoursightException.corrupt(
            "setting \"" + name + "\" has " + stored.length + " bytes, at least 8 are needed");
      }
      long at = 0;
      for (int i = 0; i < 8; i++) {
        at = at << 8 | stored[i] & 0xff;
      }
      return new Setting(
          name, new String(stored, 8, stored.length - 8, StandardCharsets.UTF_8), at);
    }
  }

  void register(HttpRoutes routes) {
    new UnaryServices(routes, "settings.v1.SettingsService", MAX_REQUEST)
        .on("Get", NOTHING, SETTINGS, (call, in) -> get(call))
        .on("Set", ONE, ONE, this::set)
        .on("Delete", NAME, NOTHING, this::delete)
        .register();
    new UnaryServices(routes, "settings.v1.RecordingRulesService", MAX_REQUEST)
        .on("ListRecordingRules", NOTHING, NOTHING, (call, in) -> QuerierMessages.NOTHING)
        .on("GetRecordingRule", ID, NOTHING, SettingsService::noRules)
        .on("UpsertRecordingRule", ID, NOTHING, SettingsService::noRules)
        .on("DeleteRecordingRule", ID, NOTHING, SettingsService::noRules)
        .register();
  }

  private static byte[] noRules(UnaryCall call, MessageFields in) {
    throw new FoursightException(
        ErrorKind.UNIMPLEMENTED, "recording rules of profiles are not supported");
  }

  private static String key(String name) {
    return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> name(String key) {
    try {
      return Optional.of(new String(HexFormat.of().parseHex(key), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw FoursightException.badData(
          "a setting's name must have 1 to " + MAX_NAME + " characters, got " + name.length());
    }
    return name;
  }

  private byte[] get(UnaryCall call) {
    TenantId tenant = call.oneTenant();
    List<Setting> settings = new ArrayList<>();
    for (TenantObjects.Entry entry : objects.list(tenant, FOLDER)) {
      name(entry.name()).flatMap(name -> find(tenant, name)).ifPresent(settings::add);
    }
    var out = new ProtoWriter();
    settings.forEach(setting -> setting.write(out));
    return out.toByteArray();
  }

  private Optional<Setting> find(TenantId tenant, String name) {
    return objects.get(tenant, FOLDER, key(name)).map(stored -> Setting.of(name, stored));
  }

  private byte[] set(UnaryCall call, MessageFields in) {
    TenantId tenant = call.oneTenant();
    MessageFields asked =
        in.message(1).orElseThrow(() -> FoursightException.badData("no setting values provided"));
    String name = checked(asked.text(1));
    long now = clock.millis();
    long modifiedAt = asked.number(3) > 0 ? asked.number(3) : now;
    Optional<Setting> before = find(tenant, name);
    if (before.isPresent() && before.get().modifiedAt() > modifiedAt) {
      throw new FoursightException(
          ErrorKind.CONFLICT,
          "failed to update "
              + name
              + ": it was modified at "
              + before.get().modifiedAt()
              + ", after "
              + modifiedAt);
    }
    if (before.isEmpty() && objects.list(tenant, FOLDER).size() >= MAX_SETTINGS) {
      throw FoursightException.badData(
          "the tenant has " + MAX_SETTINGS + " settings, which is the most that it may have");
    }
    var setting = new Setting(name, asked.text(2), modifiedAt);
    objects.put(tenant, FOLDER, key(name), setting.stored());
    var out = new ProtoWriter();
    setting.write(out);
    return out.toByteArray();
  }

  private byte[] delete(UnaryCall call, MessageFields in) {
    objects.delete(call.oneTenant(), FOLDER, key(checked(in.text(1))));
    return QuerierMessages.NOTHING;
  }
}
