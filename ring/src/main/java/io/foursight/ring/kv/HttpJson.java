package io.foursight.ring.kv;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// JSON over HTTP with several servers, one after the other until one answers.
final class HttpJson {
  static final ObjectMapper JSON = new ObjectMapper();

  /// The client's executor threads end with it; it is made by the first request.
  private HttpClient client;

  private final List<String> urls;
  private final Duration timeout;
  private final AtomicInteger preferred = new AtomicInteger();

  /// What came back; the body is a missing node when empty.
  record Reply(int status, JsonNode body, java.net.http.HttpHeaders headers) {}

  HttpJson(List<String> endpoints, boolean tls, Duration timeout) {
    this.urls =
        endpoints.stream()
            .map(e -> e.contains("://") ? e : (tls ? "https://" : "http://") + e)
            .map(e -> e.endsWith("/") ? e.substring(0, e.length() - 1) : e)
            .toList();
    this.timeout = timeout;
  }

  List<String> urls() {
    return urls;
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .connectTimeout(timeout)
              .version(HttpClient.Version.HTTP_1_1)
              .build();
    }
    return client;
  }

  String baseUrl() {
    return urls.get(Math.floorMod(preferred.get(), urls.size()));
  }

  HttpRequest.Builder request(String base, String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
  }

  /// Makes a request of each base URL until a server answers with less than 500.
  Reply send(java.util.function.Function<String, HttpRequest> request) {
    FoursightException last = FoursightException.unavailable("no endpoints are configured");
    for (int i = 0; i < urls.size(); i++) {
      String base = baseUrl();
      try {
        Reply reply = exchange(request.apply(base));
        if (reply.status() < 500) {
          return reply;
        }
        last =
            FoursightException.unavailable(
                base + " answered " + reply.status() + ": " + shorten(reply.body().toString()));
      } catch (FoursightException e) {
        last = e;
      }
      preferred.incrementAndGet();
    }
    throw last;
  }

  private Reply exchange(HttpRequest request) {
    try {
      HttpResponse<String> response = client().send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body = MissingNode.getInstance();
      if (!response.body().isBlank()) {
        try {
          body = JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
          body = JSON.getNodeFactory().textNode(response.body());
        }
      }
      return new Reply(response.statusCode(), body, response.headers());
    } catch (IOException e) {
      throw unreachable(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(request, e);
    }
  }

  /// A reply whose lines the caller reads as they come.
  HttpResponse<java.util.stream.Stream<String>> stream(HttpRequest request) {
    try {
      return client().send(request, HttpResponse.BodyHandlers.ofLines());
    } catch (IOException e) {
      preferred.incrementAndGet();
      throw unreachable(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(request, e);
    }
  }

  static FoursightException unreachable(HttpRequest request, Exception e) {
    return new FoursightException(
        ErrorKind.UNAVAILABLE, request.uri() + " does not answer: " + e, e);
  }

  static String shorten(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }
}
