package io.foursight.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// A process as its clients see it.
interface Endpoint {
  HttpResponse<String> get(String path) throws IOException, InterruptedException;

  HttpResponse<String> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException;

  /// The main door of a process, for one tenant.
  record OfTenant(HttpClient http, String url, String tenant) implements Endpoint {
    @Override
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
      return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public HttpResponse<String> post(String path, byte[] body, String... headers)
        throws IOException, InterruptedException {
      var request = request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body));
      if (headers.length > 0) {
        request.headers(headers);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
      return HttpRequest.newBuilder(URI.create(url + path))
          .timeout(Duration.ofSeconds(60))
          .header("X-Scope-OrgID", tenant);
    }
  }
}
