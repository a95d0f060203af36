package io.foursight.queryfrontend;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.SocketHandler;
import io.grpc.BindableService;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Routes without a server: calls go straight to the handlers, errors through the route's shape.
public final class FakeDoor implements HttpRoutes {
  private record Route(
      Set<String> methods, String pattern, ErrorShape errors, HttpHandler handler) {}

  private final List<Route> routes = new ArrayList<>();

  /// The gRPC services, in the order in which they were added.
  public final List<BindableService> services = new ArrayList<>();

  public List<TenantId> tenants = List.of(TenantId.ANONYMOUS);

  public record Reply(int status, String body) {}

  @Override
  public void add(
      Door door,
      Set<String> methods,
      String pattern,
      String name,
      ErrorShape errors,
      HttpHandler handler) {
    routes.add(new Route(methods, pattern, errors, handler));
  }

  @Override
  public void addSocket(
      Door door, String pattern, String name, ErrorShape errors, SocketHandler handler) {}

  @Override
  public void addGrpc(Door door, BindableService service) {
    services.add(service);
  }

  public Reply get(String pathAndQuery) {
    return call("GET", pathAndQuery, "", Map.of(), new byte[0]);
  }

  public Reply post(String path, String form) {
    return call("POST", path, form, Map.of(), new byte[0]);
  }

  public Reply call(
      String method, String pathAndQuery, String form, Map<String, String> headers, byte[] body) {
    HttpReply reply = raw(method, pathAndQuery, form, headers, body);
    return new Reply(reply.status(), new String(bytes(reply), StandardCharsets.UTF_8));
  }

  public static byte[] bytes(HttpReply reply) {
    if (reply.writer().isEmpty()) {
      return reply.body();
    }
    var out = new ByteArrayOutputStream();
    try {
      reply.writer().orElseThrow().write(out);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public HttpReply raw(
      String method, String pathAndQuery, String form, Map<String, String> headers, byte[] body) {
    int mark = pathAndQuery.indexOf('?');
    String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    decode(mark < 0 ? "" : pathAndQuery.substring(mark + 1), parameters);
    decode(form, parameters);
    for (Route route : routes) {
      Map<String, String> segments = match(route.pattern(), path);
      if (segments != null) {
        if (!route.methods().contains(method)) {
          return HttpReply.of(405);
        }
        try {
          return route
              .handler()
              .handle(new Call(method, path, segments, parameters, headers, body));
        } catch (FoursightException e) {
          return route.errors().render(500, e);
        } catch (Exception e) {
          return route.errors().render(500, new FoursightException(ErrorKind.INTERNAL, "" + e, e));
        }
      }
    }
    return HttpReply.of(404);
  }

  private static void decode(String text, Map<String, List<String>> into) {
    for (String pair : text.split("&")) {
      if (!pair.isEmpty()) {
        int eq = pair.indexOf('=');
        into.computeIfAbsent(
                URLDecoder.decode(pair.substring(0, eq), StandardCharsets.UTF_8),
                k -> new ArrayList<>())
            .add(URLDecoder.decode(pair.substring(eq + 1), StandardCharsets.UTF_8));
      }
    }
  }

  private static Map<String, String> match(String pattern, String path) {
    String[] wanted = pattern.split("/");
    String[] got = path.split("/");
    if (wanted.length != got.length) {
      return null;
    }
    Map<String, String> segments = new LinkedHashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{")) {
        segments.put(wanted[i].substring(1, wanted[i].length() - 1), got[i]);
      } else if (!wanted[i].equals(got[i])) {
        return null;
      }
    }
    return segments;
  }

  private final class Call implements HttpCall {
    private final String method;
    private final String path;
    private final Map<String, String> segments;
    private final Map<String, List<String>> parameters;
    private final Map<String, String> headers;
    private final byte[] body;

    Call(
        String method,
        String path,
        Map<String, String> segments,
        Map<String, List<String>> parameters,
        Map<String, String> headers,
        byte[] body) {
      this.method = method;
      this.path = path;
      this.segments = segments;
      this.parameters = parameters;
      this.headers = headers;
      this.body = body;
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public String pathParameter(String name) {
      return segments.get(name);
    }

    @Override
    public Optional<String> parameter(String name) {
      return parameters(name).stream().findFirst();
    }

    @Override
    public List<String> parameters(String name) {
      return parameters.getOrDefault(name, List.of());
    }

    @Override
    public Map<String, List<String>> parameters() {
      return parameters;
    }

    @Override
    public Map<String, List<String>> urlParameters() {
      return parameters;
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    @Override
    public byte[] body(long maxBytes) {
      return body;
    }

    @Override
    public byte[] body(String contentEncoding, long maxBytes) {
      return body;
    }

    @Override
    public byte[] rawBody() {
      return body;
    }

    @Override
    public TenantId tenant() {
      return tenants.getFirst();
    }

    @Override
    public List<TenantId> tenants() {
      return tenants;
    }

    @Override
    public void onCancel(Runnable action) {}

    @Override
    public String remoteAddress() {
      return "test";
    }
  }
}
