package io.foursight.runtime.telemetry;

import io.foursight.config.LoadedConfig;
import io.foursight.config.TenantOverrides;
import io.foursight.model.FoursightException;
import io.foursight.runtime.ServiceGroup;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.server.Doors;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The endpoints that every HTTP door has, in the shapes that probes and tools of this family
/// expect: `/ready`, `/metrics`, `/services`, `/config`, `/runtime_config`, `/log_level`, and
/// Prometheus's `/-/ready` and `/-/healthy`.
public final class AdminRoutes {
  private static final Set<String> GET = Set.of("GET");

  private final Meters meters;
  private final LoadedConfig<?> config;
  private final TenantOverrides overrides;
  private final Supplier<Optional<String>> notReady;
  private final Supplier<ServiceGroup> services;

  /// @param notReady why the process is not ready, empty when it is
  public AdminRoutes(
      Meters meters,
      LoadedConfig<?> config,
      TenantOverrides overrides,
      Supplier<Optional<String>> notReady,
      Supplier<ServiceGroup> services) {
    this.meters = meters;
    this.config = config;
    this.overrides = overrides;
    this.notReady = notReady;
    this.services = services;
  }

  public void register(Doors doors) {
    doors.addAlways(GET, "/ready", "ready", this::ready);
    doors.addAlways(GET, "/-/ready", "dash_ready", this::ready);
    doors.addAlways(GET, "/-/healthy", "dash_healthy", call -> HttpReply.text(200, "healthy\n"));
    doors.addAlways(GET, "/metrics", "metrics", this::metrics);
    doors.addAlways(GET, "/services", "services", this::services);
    doors.addAlways(GET, "/config", "config", this::config);
    doors.addAlways(GET, "/api/v1/status/config", "api_v1_status_config", this::statusConfig);
    doors.addAlways(
        GET,
        "/prometheus/api/v1/status/config",
        "prometheus_api_v1_status_config",
        this::statusConfig);
    doors.addAlways(GET, "/runtime_config", "runtime_config", this::runtimeConfig);
    doors.addAlways(Set.of("GET", "POST"), "/log_level", "log_level", this::logLevel);
  }

  private HttpReply ready(HttpCall call) {
    return notReady
        .get()
        .map(reason -> HttpReply.text(503, reason + "\n"))
        .orElseGet(() -> HttpReply.text(200, "ready\n"));
  }

  private HttpReply metrics(HttpCall call) {
    return HttpReply.of(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        meters.scrape().getBytes(StandardCharsets.UTF_8));
  }

  private HttpReply services(HttpCall call) {
    var out = new StringBuilder();
    services
        .get()
        .states()
        .forEach((name, state) ->
            out.append(name)
                .append(" => ")
                .append(state.name().charAt(0))
                .append(state.name().substring(1).toLowerCase(Locale.ROOT))
                .append('\n'));
    return HttpReply.text(200, out.toString());
  }

  private HttpReply config(HttpCall call) {
    String mode = call.parameter("mode").orElse("");
    return yaml(
        switch (mode) {
          case "" -> config.toYaml();
          case "diff" -> config.diffYaml();
          case "defaults" -> config.defaultsYaml();
          default ->
              throw FoursightException.badData(
                  "mode is \"" + mode + "\", expected diff or defaults");
        });
  }

  /// The configuration as Prometheus's API wraps it; secrets are masked as everywhere.
  private HttpReply statusConfig(HttpCall call) {
    return HttpReply.json(
        200, "{\"status\":\"success\",\"data\":{\"yaml\":" + quoted(config.toYaml()) + "}}");
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private HttpReply runtimeConfig(HttpCall call) {
    return yaml(overrides.toYaml());
  }

  private HttpReply logLevel(HttpCall call) {
    if (call.method().equals("POST")) {
      String wanted = call.parameter("log_level").orElse("");
      LogLevel level;
      try {
        level = LogLevel.valueOf(wanted.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw FoursightException.badData(
            "log_level is \"" + wanted + "\", expected debug, info, warn or error");
      }
      Logging.level(level);
      return HttpReply.json(
          200, "{\"status\":\"success\",\"message\":\"Log level set to " + word(level) + "\"}");
    }
    return HttpReply.json(
        200, "{\"message\":\"Current log level is " + word(Logging.level()) + "\"}");
  }

  private static String word(LogLevel level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  private static HttpReply yaml(String text) {
    return HttpReply.of(200, "text/yaml; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }
}
