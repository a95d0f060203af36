package io.foursight.cmd;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Lifecycler;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Paths by which operators and their tools take an instance out of its ring step by step, in the
/// spellings of Mimir and Loki; on every open HTTP door.
///
/// | path | methods | answer |
/// |---|---|---|
/// | `/ingester/prepare-instance-ring-downscale` | GET, POST, DELETE | `{"timestamp":SECONDS}` since when it takes no new data; 0 = it does |
/// | `/ingester/unregister-on-shutdown` | GET, PUT, DELETE | `{"unregister":BOOL}`; PUT with such a body |
/// | `/store-gateway/prepare-shutdown` (or `_`) | GET, POST, DELETE | `set` or `unset`; 204; 204: leave the ring at the next stop |
///
/// What is set holds until the process ends; a read-only instance stays so over a restart.
final class DrainRoutes {
  private static final Pattern UNREGISTER =
      Pattern.compile("\\{\\s*\"unregister\"\\s*:\\s*(true|false)\\s*\\}");

  private static final int MAX_BODY = 1024;

  private final Supplier<Optional<Lifecycler>> life;
  private final boolean unregisters;

  /// @param life of the component in its ring; empty for a process alone
  /// @param unregisters what is configured
  DrainRoutes(Supplier<Optional<Lifecycler>> life, boolean unregisters) {
    this.life = life;
    this.unregisters = unregisters;
  }

  void registerIngester(HttpRoutes routes) {
    routes.addEverywhere(
        Set.of("GET", "POST", "DELETE"),
        "/ingester/prepare-instance-ring-downscale",
        "ingester_prepare_instance_ring_downscale",
        ErrorShape.TEXT,
        this::readOnly);
    routes.addEverywhere(
        Set.of("GET", "PUT", "DELETE"),
        "/ingester/unregister-on-shutdown",
        "ingester_unregister_on_shutdown",
        ErrorShape.TEXT,
        this::unregister);
  }

  void registerStoreGateway(HttpRoutes routes) {
    for (String path :
        List.of("/store-gateway/prepare-shutdown", "/store-gateway/prepare_shutdown")) {
      routes.addEverywhere(
          Set.of("GET", "POST", "DELETE"),
          path,
          "store_gateway_prepare_shutdown",
          ErrorShape.TEXT,
          this::prepareShutdown);
    }
  }

  private Lifecycler life() {
    return life.get()
        .orElseThrow(() ->
            new FoursightException(
                ErrorKind.CONFLICT, "this process is alone: it is in no ring that it could leave"));
  }

  private HttpReply readOnly(HttpCall call) {
    Lifecycler own = life();
    if (call.method().equals("POST")) {
      own.readOnly(true);
    } else if (call.method().equals("DELETE")) {
      own.readOnly(false);
    }
    InstanceDescriptor self = own.self();
    long since = self.readOnly() ? self.readOnlySince().getEpochSecond() : 0;
    return HttpReply.json(200, "{\"timestamp\":" + since + "}");
  }

  private HttpReply unregister(HttpCall call) {
    Lifecycler own = life();
    if (call.method().equals("PUT")) {
      Matcher body =
          UNREGISTER.matcher(new String(call.body(MAX_BODY), StandardCharsets.UTF_8).strip());
      if (!body.matches()) {
        throw FoursightException.badData(
            "expected {\"unregister\":true} or {\"unregister\":false}");
      }
      own.unregisterOnShutdown(Boolean.parseBoolean(body.group(1)));
    } else if (call.method().equals("DELETE")) {
      own.unregisterOnShutdown(unregisters);
    }
    return HttpReply.json(200, "{\"unregister\":" + own.isUnregisteredOnShutdown() + "}");
  }

  private HttpReply prepareShutdown(HttpCall call) {
    Lifecycler own = life();
    switch (call.method()) {
      case "POST" -> own.unregisterOnShutdown(true);
      case "DELETE" -> own.unregisterOnShutdown(unregisters);
      default -> {
        return HttpReply.text(200, own.isUnregisteredOnShutdown() ? "set\n" : "unset\n");
      }
    }
    return HttpReply.of(204);
  }
}
