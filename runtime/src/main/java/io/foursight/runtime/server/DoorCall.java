package io.foursight.runtime.server;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.BodyBuffer;
import io.foursight.runtime.http.HttpCall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A request as received by Armeria. Parameters and body are decoded when asked for.
final class DoorCall implements HttpCall {
  private final ServiceRequestContext context;
  private final AggregatedHttpRequest request;
  private final Map<String, String> pathParameters;
  private final TenantScope tenants;
  private final Cancellation cancellation;
  private byte[] raw;
  private Map<String, List<String>> parameters;

  DoorCall(
      ServiceRequestContext context,
      AggregatedHttpRequest request,
      Map<String, String> pathParameters,
      TenantScope tenants,
      Cancellation cancellation) {
    this.context = context;
    this.request = request;
    this.pathParameters = pathParameters;
    this.tenants = tenants;
    this.cancellation = cancellation;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String path() {
    return context.path();
  }

  @Override
  public String pathParameter(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no segment {" + name + "}");
    }
    return value;
  }

  @Override
  public Optional<String> parameter(String name) {
    List<String> values = parameters(name);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  @Override
  public List<String> parameters(String name) {
    return parameters().getOrDefault(name, List.of());
  }

  @Override
  public synchronized Map<String, List<String>> parameters() {
    if (parameters == null) {
      parameters = Parameters.parse(query(), form());
    }
    return parameters;
  }

  @Override
  public Map<String, List<String>> urlParameters() {
    return Parameters.parse(query(), "");
  }

  private String query() {
    String query = context.query();
    return query == null ? "" : query;
  }

  private String form() {
    boolean isForm =
        method().equals("POST")
            && header("content-type")
                .map(t -> t.toLowerCase(Locale.ROOT).strip())
                .filter(t -> t.startsWith("application/x-www-form-urlencoded"))
                .isPresent();
    return isForm ? new String(body(MAX_FORM_BYTES), StandardCharsets.UTF_8) : "";
  }

  /// Go's own bound for forms.
  private static final long MAX_FORM_BYTES = 10 << 20;

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.headers().get(name.toLowerCase(Locale.ROOT)));
  }

  @Override
  public byte[] body(long maxBytes) {
    return body(header("content-encoding").orElse(""), maxBytes);
  }

  @Override
  public byte[] body(String contentEncoding, long maxBytes) {
    return BodyDecoder.decode(contentEncoding, rawBody(), maxBytes);
  }

  @Override
  public void body(String contentEncoding, long maxBytes, BodyBuffer into) {
    BodyDecoder.decode(contentEncoding, rawBody(), maxBytes, into);
  }

  @Override
  public synchronized byte[] rawBody() {
    if (raw == null) {
      raw = request.content().array();
    }
    return raw;
  }

  @Override
  public TenantId tenant() {
    return tenants.tenant(header(TenantScope.HEADER));
  }

  @Override
  public List<TenantId> tenants() {
    return tenants.tenants(header(TenantScope.HEADER));
  }

  @Override
  public void onCancel(Runnable action) {
    cancellation.onCancel(action);
  }

  @Override
  public String remoteAddress() {
    return context.remoteAddress().getAddress().getHostAddress();
  }
}
