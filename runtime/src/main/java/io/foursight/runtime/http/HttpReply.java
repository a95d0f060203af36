package io.foursight.runtime.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One HTTP response: a status, headers, and bytes or a writer that streams them. Responses are
/// gzip-compressed by the door when the client accepts it and the body is worth it.
public final class HttpReply {
  /// Writes a body piece by piece; blocks while the client is slow. An exception cuts the
  /// connection.
  @FunctionalInterface
  public interface BodyWriter {
    void write(OutputStream out) throws IOException;
  }

  private final int status;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final byte[] body;
  private final BodyWriter writer;

  private HttpReply(int status, String contentType, byte[] body, BodyWriter writer) {
    this.status = status;
    this.body = body;
    this.writer = writer;
    if (!contentType.isEmpty()) {
      headers.put("content-type", contentType);
    }
  }

  public static HttpReply of(int status) {
    return new HttpReply(status, "", new byte[0], null);
  }

  public static HttpReply of(int status, String contentType, byte[] body) {
    return new HttpReply(status, contentType, body, null);
  }

  public static HttpReply text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  public static HttpReply json(int status, String json) {
    return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  public static HttpReply json(int status, byte[] json) {
    return of(status, "application/json", json);
  }

  public static HttpReply html(String page) {
    return of(200, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
  }

  public static HttpReply stream(int status, String contentType, BodyWriter writer) {
    return new HttpReply(status, contentType, new byte[0], writer);
  }

  /// Sets a header; returns this.
  public HttpReply header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  public int status() {
    return status;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public byte[] body() {
    return body;
  }

  public Optional<BodyWriter> writer() {
    return Optional.ofNullable(writer);
  }
}
