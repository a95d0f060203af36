package io.foursight.benchmarks.wire;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.RetryAfter;
import io.foursight.distributor.metrics.MetricsDistributor;
import io.foursight.distributor.metrics.RemoteWriteRoutes;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.SocketHandler;
import io.foursight.wire.metrics.RemoteWriteV1Decoder;
import io.foursight.wire.metrics.RemoteWriteV2Decoder;
import io.foursight.wire.protobuf.ProtoWriter;
import io.grpc.BindableService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Time per sample from the decompressed body on: requests of 2,000 series with 13 labels and about
/// 450 label bytes each, in turn over `series` series, one sample a series.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(RemoteWriteBenchmark.BATCH)
public class RemoteWriteBenchmark {
  static final int BATCH = 2000;
  private static final String[] NAMES = {
    "cluster",
    "container",
    "endpoint",
    "env",
    "id",
    "image",
    "instance",
    "job",
    "namespace",
    "node",
    "pod",
    "service"
  };

  @Param({"100000"})
  public int series;

  private final List<byte[]> v1 = new ArrayList<>();
  private final List<byte[]> v2 = new ArrayList<>();
  private final RemoteWriteV1Decoder v1Decoder = new RemoteWriteV1Decoder();
  private final RemoteWriteV2Decoder v2Decoder = new RemoteWriteV2Decoder();
  private final MetricsBatch batch = new MetricsBatch(new byte[0]);
  private final SeriesHash hash = new SeriesHash(1, 2);
  private Optional<HttpHandler> push = Optional.empty();
  private int next;

  @Setup
  public void setup() {
    for (int from = 0; from < series; from += BATCH) {
      v1.add(request1(from));
      v2.add(request2(from));
    }
    var distributor =
        MetricsDistributor.create(
            DistributorConfig.defaults(),
            TenantLimits.fixed(DistributorLimits.defaults()),
            (tenant, b) ->
                new MetricsWriteResult(b.sampleCount(), b.histogramCount(), 0, List.of()),
            new DistributorMetrics(new SimpleMeterRegistry()),
            hash);
    new RemoteWriteRoutes(distributor, new RetryAfter(new Random(1)))
        .register(
            new HttpRoutes() {
              @Override
              public void add(
                  Door door,
                  Set<String> methods,
                  String pattern,
                  String name,
                  ErrorShape errors,
                  HttpHandler handler) {
                push = Optional.of(handler);
              }

              @Override
              public void addSocket(
                  Door door,
                  String pattern,
                  String name,
                  ErrorShape errors,
                  SocketHandler handler) {}

              @Override
              public void addGrpc(Door door, BindableService service) {}
            });
  }

  /// Decoding 1.0 alone.
  @Benchmark
  public int decodeV1() {
    v1Decoder.decode(v1.get(turn()), batch);
    return batch.sampleCount();
  }

  /// Decoding 1.0 and hashing the labels.
  @Benchmark
  public long decodeV1AndHash() {
    v1Decoder.decode(v1.get(turn()), batch);
    batch.hashSeries(hash);
    return batch.hashLow()[0];
  }

  /// Decoding 2.0 alone: the labels are assembled.
  @Benchmark
  public int decodeV2() {
    v2Decoder.decode(v2.get(turn()), batch);
    return batch.sampleCount();
  }

  /// The whole write door behind decompression: decode, hash, validate, limits, answer.
  @Benchmark
  public int push() throws Exception {
    return push.orElseThrow().handle(new BodyCall(v1.get(turn()))).status();
  }

  private int turn() {
    next = next + 1 == v1.size() ? 0 : next + 1;
    return next;
  }

  private static String value(String name, int i) {
    boolean own = name.equals("pod") || name.equals("id");
    return name + "-value-" + (own ? "f7c9d8b6d5-" + i : i % 50) + "-0123456";
  }

  private static byte[] request1(int from) {
    var out = new ProtoWriter(1 << 20);
    for (int i = from; i < from + BATCH; i++) {
      int s = out.begin(1);
      label(out, "__name__", "container_network_receive_bytes_total_" + i % 300);
      for (String name : NAMES) {
        label(out, name, value(name, i));
      }
      sample(out, i);
      out.end(s);
    }
    return out.toByteArray();
  }

  private static void label(ProtoWriter out, String name, String value) {
    int m = out.begin(1);
    out.string(1, name);
    out.string(2, value);
    out.end(m);
  }

  private static void sample(ProtoWriter out, int i) {
    int m = out.begin(2);
    out.float64(1, i * 1.5 + 1);
    out.varint(2, System.currentTimeMillis());
    out.end(m);
  }

  private static byte[] request2(int from) {
    Map<String, Integer> symbols = new LinkedHashMap<>();
    symbols.put("", 0);
    var body = new ProtoWriter(1 << 20);
    for (int i = from; i < from + BATCH; i++) {
      int s = body.begin(5);
      int refs = body.begin(1);
      ref(body, symbols, "__name__");
      ref(body, symbols, "container_network_receive_bytes_total_" + i % 300);
      for (String name : NAMES) {
        ref(body, symbols, name);
        ref(body, symbols, value(name, i));
      }
      body.end(refs);
      sample(body, i);
      body.end(s);
    }
    var out = new ProtoWriter(1 << 20);
    for (String symbol : symbols.keySet()) {
      out.bytes(4, symbol.getBytes(StandardCharsets.UTF_8));
    }
    out.raw(body.array(), 0, body.size());
    return out.toByteArray();
  }

  private static void ref(ProtoWriter out, Map<String, Integer> symbols, String symbol) {
    out.rawVarint(symbols.computeIfAbsent(symbol, unused -> symbols.size()));
  }

  /// A call whose body is decompressed already.
  private record BodyCall(byte[] rawBody) implements HttpCall {
    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String path() {
      return "/api/v1/push";
    }

    @Override
    public String pathParameter(String name) {
      return "";
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.empty();
    }

    @Override
    public List<String> parameters(String name) {
      return List.of();
    }

    @Override
    public Map<String, List<String>> parameters() {
      return Map.of();
    }

    @Override
    public Map<String, List<String>> urlParameters() {
      return Map.of();
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.empty();
    }

    @Override
    public byte[] body(long maxBytes) {
      return rawBody;
    }

    @Override
    public byte[] body(String contentEncoding, long maxBytes) {
      return rawBody;
    }

    @Override
    public TenantId tenant() {
      return TenantId.ANONYMOUS;
    }

    @Override
    public List<TenantId> tenants() {
      return List.of(TenantId.ANONYMOUS);
    }

    @Override
    public void onCancel(Runnable action) {}

    @Override
    public String remoteAddress() {
      return "";
    }
  }
}
