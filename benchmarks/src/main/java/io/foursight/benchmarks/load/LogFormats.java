package io.foursight.benchmarks.load;

import java.util.List;
import java.util.SplittableRandom;

/// The lines of a [LogWorkload].
final class LogFormats {
  private static final List<String> MESSAGES =
      List.of(
          "request completed",
          "request completed",
          "cache lookup",
          "cache miss, loading from store",
          "publishing event",
          "retrying upstream call",
          "rate limit applied",
          "session refreshed",
          "price quote computed",
          "starting background reconcile",
          "reconcile finished",
          "connection pool exhausted, waiting",
          "upstream timed out");
  private static final List<String> PATHS =
      List.of(
          "/api/v1/items/",
          "/api/v1/orders/",
          "/api/v1/cart/",
          "/api/v1/users/",
          "/api/v1/search",
          "/api/v1/login",
          "/healthz",
          "/metrics");
  private static final List<String> AGENTS =
      List.of(
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
              + " Chrome/126.0.0.0 Safari/537.36",
          "kube-probe/1.29",
          "Go-http-client/2.0",
          "okhttp/4.12.0",
          "python-requests/2.32.3",
          "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0");
  private static final List<String> CLASSES =
      List.of(
          "c.e.payments.service.ChargeService",
          "c.e.payments.gateway.StripeClient",
          "o.s.web.servlet.DispatcherServlet",
          "c.zaxxer.hikari.pool.HikariPool",
          "c.e.recommend.model.Scorer",
          "c.e.common.cache.RedisCache");
  private static final String STACK =
      """

      java.net.SocketTimeoutException: Read timed out
      \tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)
      \tat java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:304)
      \tat okhttp3.internal.http1.Http1ExchangeCodec.readResponseHeaders(Http1ExchangeCodec.kt:180)
      \tat c.e.payments.gateway.StripeClient.charge(StripeClient.java:142)
      \tat c.e.payments.service.ChargeService.charge(ChargeService.java:88)\
      """;

  private LogFormats() {}

  static void line(LogWorkload.Stream s, LogText out) {
    double luck = s.random.nextDouble();
    boolean error = luck < 0.02;
    boolean warning = !error && luck < 0.06;
    switch (s.format) {
      case JSON -> json(s, error, warning, out);
      case LOGFMT -> logfmt(s, error, warning, out);
      case ACCESS -> access(s, error, warning, out);
      case JAVA -> java(s, error, warning, out);
      case KLOG -> klog(s, error, warning, out);
    }
  }

  private static String level(boolean error, boolean warning) {
    return error ? "error" : warning ? "warn" : "info";
  }

  private static void path(LogWorkload.Stream s, int path, LogText out) {
    out.put(PATHS.get(path));
    if (path < 4) {
      out.put(s.skewed(90_000));
    }
  }

  private static void json(LogWorkload.Stream s, boolean error, boolean warning, LogText out) {
    int message = s.skewed(MESSAGES.size());
    int path = s.skewed(PATHS.size());
    out.put("{\"ts\":\"");
    s.putIso(out, 'T');
    out.put("Z\",\"level\":\"").put(level(error, warning));
    out.put("\",\"logger\":\"").put(s.app).put(".http\",\"caller\":\"handler/").put(s.app);
    out.put(".go:").put(80 + 13 * message).put("\",\"msg\":\"").put(MESSAGES.get(message));
    out.put("\",\"method\":\"").put(path % 3 == 0 ? "GET" : "POST").put("\",\"path\":\"");
    path(s, path, out);
    out.put("\",\"status\":").put(error ? 500 + s.random.nextInt(4) : warning ? 404 : 200);
    out.put(",\"duration_ms\":").hundredths(s.latency(12)).put(",\"trace_id\":\"");
    s.putTrace(out);
    out.put("\",\"user_id\":\"");
    s.putUser(out);
    out.put("\",\"pod\":\"").put(s.pod).put('"');
    if (error) {
      out.put(",\"error\":\"context deadline exceeded: rpc to cart:9090 after ");
      out.put(900 + s.random.nextInt(300)).put("ms\"");
    }
    out.put('}');
  }

  private static void logfmt(LogWorkload.Stream s, boolean error, boolean warning, LogText out) {
    int message = s.skewed(MESSAGES.size());
    out.put("ts=");
    s.putIso(out, 'T');
    out.put("Z caller=").put(s.app).put("/engine.go:").put(40 + 17 * message);
    out.put(" level=").put(level(error, warning)).put(" component=query-frontend org_id=");
    out.put(1 + s.skewed(40)).put(" msg=\"").put(MESSAGES.get(message)).put("\" latency=");
    out.put(message % 2 == 0 ? "fast" : "slow").put(" duration=").hundredths(s.latency(35));
    out.put("ms bytes=").put(512 + s.skewed(400_000)).put(" shards=");
    out.put(1L << s.random.nextInt(5));
    if (error) {
      out.put(" err=\"rpc error: code = Unavailable desc = connection refused 10.0.");
      out.put(s.random.nextInt(256)).put('.').put(s.random.nextInt(256)).put(":9095\"");
    }
    if (s.random.nextDouble() < 0.3) {
      out.put(" traceID=");
      s.putTrace(out);
    }
  }

  private static void access(LogWorkload.Stream s, boolean error, boolean warning, LogText out) {
    int path = s.skewed(PATHS.size());
    int address = s.skewed(3000);
    out.put("10.").put(address * 7 % 256).put('.').put(address * 31 % 256).put('.');
    out.put(address * 131 % 254 + 1).put(" - - [");
    s.putAccess(out);
    out.put("] \"").put(path % 3 == 0 ? "GET " : "POST ");
    path(s, path, out);
    out.put(" HTTP/1.1\" ").put(error ? 502 : warning ? 404 : 200).put(' ');
    out.put(120 + s.skewed(60_000)).put(" \"-\" \"").put(AGENTS.get(s.skewed(AGENTS.size())));
    out.put("\" 0.").padded(s.latency(20) % 100_000, 5);
  }

  private static void java(LogWorkload.Stream s, boolean error, boolean warning, LogText out) {
    SplittableRandom random = s.random;
    int type = s.skewed(CLASSES.size());
    s.putIso(out, ' ');
    out.put(error ? " ERROR" : warning ? " WARN " : " INFO ").put(" 1 --- [").put(s.app);
    out.put("] [nio-8080-exec-").put(1 + random.nextInt(16)).put("] ").put(CLASSES.get(type));
    out.put(" : ");
    if (error) {
      out.put("Unhandled failure for request ").put(s.request).put(" user ");
      s.putUser(out);
      out.put(STACK);
      return;
    }
    switch (type) {
      case 0 -> {
        out.put("Charged order ").put(1_000_000 + random.nextInt(9_000_000)).put(" amount ");
        out.hundredths(s.latency(49)).put(" EUR in ").put(random.nextInt(400)).put(" ms");
      }
      case 1 -> {
        out.put("POST /v1/charges -> ").put(warning ? 429 : 200).put(" idempotency-key=");
        out.hex(random.nextLong(), 16).hex(random.nextLong(), 16);
      }
      case 2 -> out.put("Completed 200 OK for \"/internal/charge/").put(s.skewed(90_000)).put('"');
      case 3 -> {
        out.put("HikariPool-1 - Pool stats (total=20, active=").put(random.nextInt(20));
        out.put(", idle=").put(random.nextInt(20)).put(", waiting=0)");
      }
      case 4 -> {
        out.put("Scored ").put(50 + random.nextInt(450)).put(" candidates for user ");
        s.putUser(out);
        out.put(" in ").hundredths(s.latency(8)).put(" ms, model=v").put(3 + random.nextInt(2));
      }
      default -> {
        out.put("GET key=user:");
        s.putUser(out);
        out.put(" hit=").put(random.nextInt(5) > 0 ? "true" : "false").put(" ttl=");
        out.put(random.nextInt(3600));
      }
    }
  }

  private static void klog(LogWorkload.Stream s, boolean error, boolean warning, LogText out) {
    SplittableRandom random = s.random;
    out.put(error ? 'E' : warning ? 'W' : 'I');
    s.putKlog(out);
    out.put("       1 ");
    switch (s.skewed(5)) {
      case 0 -> {
        out.put("reconciler.go:214] \"Reconciling\" kind=\"Deployment\" namespace=\"shop\"");
        out.put(" reconcileID=\"").hex(random.nextLong(), 8).put('-').hex(random.nextLong(), 4);
        out.put('-').hex(random.nextLong(), 4).put('-').hex(random.nextLong(), 4).put('-');
        out.hex(random.nextLong(), 12).put('"');
      }
      case 1 -> out.put("leaderelection.go:278] successfully renewed lease kube-system/manager");
      case 2 -> {
        out.put("trace.go:236] Trace[").put(random.nextInt(2_000_000_000));
        out.put("]: \"List\" url:/apis/apps/v1/replicasets (total time: ");
        out.put(500 + random.nextInt(900)).put("ms)");
      }
      case 3 -> {
        out.put("event.go:307] \"Event occurred\" kind=\"Pod\" reason=\"");
        out.put(random.nextInt(10) < 7 ? "Pulled" : "BackOff").put('"');
      }
      default -> {
        out.put("cache.go:72] \"Watch close\" type=\"*v1.ConfigMap\" totalItems=");
        out.put(random.nextInt(4000));
      }
    }
  }
}
