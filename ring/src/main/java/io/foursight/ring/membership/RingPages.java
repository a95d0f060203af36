package io.foursight.ring.membership;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingView;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.server.Doors;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/// The rings for people and tools, on every door.
///
/// | path | what |
/// |---|---|
/// | `/memberlist` | who takes part in the gossip, and the rings it carries |
/// | `/ring` | the ingesters' ring, with links to the others |
/// | `/ring/{component}`, `/{component}/ring` | one ring |
/// | `/distributor/ha_tracker` | the elections of HA replicas, which are a ring as well |
///
/// GET answers HTML, or JSON to `Accept: application/json`; `?tokens=true` lists tokens. POST with
/// `forget=ID` gives an instance up and goes back to the page.
public final class RingPages {
  private static final Set<String> GET_OR_POST = Set.of("GET", "POST");
  private static final List<RingName> NAMED =
      List.of(
          RingName.DISTRIBUTOR,
          RingName.INGESTER,
          RingName.STORE_GATEWAY,
          RingName.QUERIER,
          RingName.QUERY_FRONTEND,
          RingName.COMPACTOR,
          RingName.RULER);

  private final Supplier<? extends Collection<? extends RingView>> rings;
  private final Supplier<List<String>> facts;
  private final Clock clock;

  /// @param rings those that this process looks at, also fixed ones of a process alone
  /// @param facts about the store, as `RingStore.describe` has them
  public RingPages(
      Supplier<? extends Collection<? extends RingView>> rings,
      Supplier<List<String>> facts,
      Clock clock) {
    this.rings = rings;
    this.facts = facts;
    this.clock = clock;
  }

  public void register(Doors doors) {
    doors.addAlways(Set.of("GET"), "/memberlist", "memberlist", this::memberlist);
    doors.addAlways(GET_OR_POST, "/ring", "ring", call -> ring(call, "ingester"));
    doors.addAlways(
        GET_OR_POST,
        "/ring/{component}",
        "ring",
        call -> ring(call, call.pathParameter("component")));
    doors.addAlways(
        GET_OR_POST, "/distributor/ha_tracker", "ring", call -> ring(call, "ha-tracker"));
    for (RingName name : NAMED) {
      doors.addAlways(GET_OR_POST, "/" + name + "/ring", "ring", call -> ring(call, name.value()));
    }
  }

  private static boolean wantsJson(HttpCall call) {
    String accept = call.header("accept").orElse("").toLowerCase(Locale.ROOT);
    int json = accept.indexOf("application/json");
    int html = accept.indexOf("text/html");
    return json >= 0 && (html < 0 || json < html);
  }

  private HttpReply memberlist(HttpCall call) {
    List<String> lines = facts.get();
    return wantsJson(call)
        ? HttpReply.json(200, RingJson.memberlist(lines, rings.get()))
        : HttpReply.html(RingHtml.memberlist(lines, rings.get()));
  }

  private HttpReply ring(HttpCall call, String component) {
    RingView view = view(component);
    if (call.method().equals("POST")) {
      return forget(call, view);
    }
    boolean tokens = call.parameter("tokens").filter(t -> t.equals("true")).isPresent();
    return wantsJson(call)
        ? HttpReply.json(200, RingJson.ring(view, clock.instant()))
        : HttpReply.html(RingHtml.ring(view, rings.get(), clock.instant(), tokens));
  }

  private RingView view(String component) {
    for (RingView view : rings.get()) {
      if (view.name().value().equals(component)) {
        return view;
      }
    }
    throw new FoursightException(
        ErrorKind.NOT_FOUND,
        "this process looks at no ring \""
            + component.replaceAll("\\p{Cntrl}", "?")
            + "\"; it looks at "
            + rings.get().stream().map(c -> c.name().value()).toList());
  }

  private static HttpReply forget(HttpCall call, RingView view) {
    String id = call.parameter("forget").filter(f -> !f.isEmpty()).orElse("");
    if (id.isEmpty()) {
      throw FoursightException.badData("forget needs an instance id: forget=ID");
    }
    if (!(view instanceof RingClient client)) {
      throw new FoursightException(
          ErrorKind.CONFLICT, "this process is alone: there is nobody to forget");
    }
    if (!client.forget(id)) {
      throw new FoursightException(
          ErrorKind.NOT_FOUND,
          "ring "
              + client.name()
              + " has no instance \""
              + id.replaceAll("\\p{Cntrl}", "?")
              + "\"");
    }
    if (wantsJson(call)) {
      return HttpReply.json(200, "{\"status\":\"success\"}");
    }
    return HttpReply.of(303).header("location", call.path());
  }
}
