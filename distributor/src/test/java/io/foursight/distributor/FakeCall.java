package io.foursight.distributor;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.HttpCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.xerial.snappy.Snappy;

/// A call of a push route without a server.
public final class FakeCall implements HttpCall {
  private final byte[] raw;
  private final Map<String, String> headers = new HashMap<>();
  private final Map<String, List<String>> parameters = new TreeMap<>();
  private TenantId tenant = TenantId.ANONYMOUS;

  public FakeCall(byte[] raw) {
    this.raw = raw;
  }

  public static FakeCall snappy(byte[] message) {
    try {
      return new FakeCall(Snappy.compress(message)).with("content-encoding", "snappy");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public FakeCall with(String header, String value) {
    headers.put(header.toLowerCase(Locale.ROOT), value);
    return this;
  }

  /// Adds a parameter of the URL.
  public FakeCall parameter(String name, String value) {
    parameters.put(name, List.of(value));
    return this;
  }

  public FakeCall tenant(String id) {
    tenant = new TenantId(id);
    return this;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return "/push";
  }

  @Override
  public String pathParameter(String name) {
    throw new IllegalArgumentException(name);
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
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  @Override
  public byte[] body(long maxBytes) {
    return body(header("content-encoding").orElse("identity"), maxBytes);
  }

  @Override
  public byte[] body(String contentEncoding, long maxBytes) {
    try {
      byte[] body =
          switch (contentEncoding) {
            case "snappy" -> Snappy.uncompress(raw);
            case "snappy, gzip" ->
                Snappy.uncompress(
                    new GZIPInputStream(new ByteArrayInputStream(raw)).readAllBytes());
            case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(raw)).readAllBytes();
            case "identity", "" -> raw;
            default ->
                throw new FoursightException(
                    ErrorKind.UNSUPPORTED_MEDIA, "unsupported encoding " + contentEncoding);
          };
      if (body.length > maxBytes) {
        throw new FoursightException(ErrorKind.TOO_LARGE, "body too large: " + body.length);
      }
      return body;
    } catch (IOException e) {
      throw FoursightException.badData("body does not decode: " + e.getMessage());
    }
  }

  @Override
  public byte[] rawBody() {
    return raw;
  }

  @Override
  public TenantId tenant() {
    return tenant;
  }

  @Override
  public List<TenantId> tenants() {
    return List.of(tenant);
  }

  @Override
  public void onCancel(Runnable action) {}

  @Override
  public String remoteAddress() {
    return "127.0.0.1:1";
  }
}
