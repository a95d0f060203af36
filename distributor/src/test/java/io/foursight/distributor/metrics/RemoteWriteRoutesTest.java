package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.ByteSize;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.FakeCall;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.protobuf.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemoteWriteRoutesTest {
  private static final long T = DistributorBench.NOW;
  private static final String V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

  private final DistributorBench bench = new DistributorBench();

  @Test
  void v1Request_isStoredAndAnswered200() {
    HttpReply reply = push(Requests.v1(T, 1, "__name__", "up", "a", "b"));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(bench.sink.samples)
        .containsExactly("anonymous {__name__=\"up\", a=\"b\"} @" + T + " 1.0");
    assertThat(reply.headers()).isEmpty();
  }

  @Test
  void tenant_reachesTheSink() {
    bench.remoteWrite.push(FakeCall.snappy(Requests.v1(T, 1, "__name__", "up")).tenant("t1"));
    assertThat(bench.sink.samples).containsExactly("t1 {__name__=\"up\"} @" + T + " 1.0");
  }

  @Test
  void missingOrForeignContentType_isVersion1() {
    byte[] body = Requests.v1(T, 1, "__name__", "up");
    assertThat(bench.remoteWrite.push(FakeCall.snappy(body)).status()).isEqualTo(200);
    for (String type :
        new String[] {
          "text/plain",
          "application/x-protobuf",
          "application/x-protobuf; charset=utf-8",
          "application/x-protobuf;proto=prometheus.WriteRequest",
        }) {
      var call = FakeCall.snappy(body).with("content-type", type);
      assertThat(bench.remoteWrite.push(call).status()).as(type).isEqualTo(200);
    }
    assertThat(bench.sink.samples).hasSize(5);
  }

  @Test
  void unknownProto_is415AndMalformedParameter400() {
    byte[] body = Requests.v1(T, 1, "__name__", "up");
    assertThat(
            bench
                .remoteWrite
                .push(
                    FakeCall.snappy(body).with("content-type", "application/x-protobuf;proto=x.Y"))
                .status())
        .isEqualTo(415);
    assertThat(
            bench
                .remoteWrite
                .push(FakeCall.snappy(body).with("content-type", "application/x-protobuf;proto"))
                .status())
        .isEqualTo(400);
    assertThat(bench.sink.samples).isEmpty();
  }

  @Test
  void v2Request_answersExactCounts() {
    HttpReply reply = push2(Requests.v2(T, 1, "__name__", "up", "a", "b"));
    assertThat(reply.status()).isEqualTo(200);
    assertCounts(reply, 1, 0, 0);
    assertThat(bench.sink.samples)
        .containsExactly("anonymous {__name__=\"up\", a=\"b\"} @" + T + " 1.0");
  }

  @Test
  void v2RequestThatFails_answersZeroCounts() {
    bench.sink.failure = Optional.of(FoursightException.unavailable("starting"));
    HttpReply reply = push2(Requests.v2(T, 1, "__name__", "up"));
    assertThat(reply.status()).isEqualTo(503);
    assertCounts(reply, 0, 0, 0);
    assertThat(Integer.parseInt(reply.headers().get("retry-after"))).isBetween(3, 9);
    assertCounts(push2(new byte[] {1, 2, 3}), 0, 0, 0);
  }

  @Test
  void v2SeriesThatIsRejected_isNotCountedAsWritten() {
    byte[] good = Requests.v2(T, 1, "__name__", "up");
    HttpReply reply = push2(Requests.v2(T, 1, "name_is_missing", "up"));
    assertThat(reply.status()).isEqualTo(400);
    assertCounts(reply, 0, 0, 0);
    assertCounts(push2(good), 1, 0, 0);
  }

  /// W06: a bad sample is 4xx, the good ones of the request are kept.
  @Test
  void badSeries_is400AndTheOthersAreStored() {
    var out = new ProtoWriter();
    Requests.series(out, T, 1, "__name__", "good");
    Requests.series(out, T, 1, "a", "b");
    Requests.series(out, T + 3_600_000, 1, "__name__", "future");
    Requests.series(out, T, 2, "__name__", "also_good");
    HttpReply reply = push(out.toByteArray());
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply))
        .contains("err-mimir-missing-metric-name")
        .contains("err-mimir-too-far-in-future")
        .contains("timestamp: " + (T + 3_600_000))
        .contains("series: 'future'");
    assertThat(bench.sink.samples).hasSize(2);
  }

  /// W07: Grafana's recording rules look for this id.
  @Test
  void rejectionOfTheSink_carriesItsMimirId() {
    bench.sink.rejection =
        Optional.of(
            new Rejection(
                "sample_duplicate_timestamp",
                ErrorKind.BAD_DATA,
                "the sample has been rejected because another sample with the same timestamp,"
                    + " but a different value, has already been ingested",
                1));
    HttpReply reply = push2(Requests.v2(T, 1, "__name__", "up"));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply)).contains("(err-mimir-sample-duplicate-timestamp)");
    assertCounts(reply, 0, 0, 0);
  }

  @Test
  void metadataOnlyRequest_isAccepted() {
    var out = new ProtoWriter();
    int m = out.begin(3);
    out.varint(1, 1);
    out.string(2, "requests_total");
    out.string(4, "Requests.");
    out.end(m);
    assertThat(push(out.toByteArray()).status()).isEqualTo(200);
    assertThat(bench.sink.metadata)
        .containsExactly(
            new MetricMetadata("requests_total", MetricMetadata.Type.COUNTER, "Requests.", ""));
  }

  @Test
  void corruptBodies_are400() {
    assertThat(bench.remoteWrite.push(new FakeCall(new byte[] {1, 2, 3})).status()).isEqualTo(400);
    assertThat(push(new byte[] {0x0a, 0x7f, 1}).status()).isEqualTo(400);
  }

  @Test
  void unknownEncoding_is415() {
    var call = new FakeCall(new byte[0]).with("content-encoding", "br");
    assertThat(bench.remoteWrite.push(call).status()).isEqualTo(415);
  }

  @Test
  void tooLargeBody_is400WithTheLimit() {
    var c = DistributorConfig.defaults();
    var small =
        new DistributorBench(
            new DistributorConfig(
                new ByteSize(100),
                c.maxOtlpRequestSize(),
                c.maxInflightPushBytes(),
                c.knownSeriesPerTenant(),
                c.haTrackerFailoverTimeout(),
                c.haTrackerUpdateTimeout()));
    HttpReply reply =
        small.remoteWrite.push(FakeCall.snappy(Requests.v1(T, 1, "__name__", "x".repeat(200))));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply)).contains("err-mimir-distributor-max-write-message-size");
  }

  @Test
  void tooManyBytesInFlight_is503AndTheHoldIsGivenBack() {
    var c = DistributorConfig.defaults();
    var small =
        new DistributorBench(
            new DistributorConfig(
                c.maxRecvMsgSize(),
                c.maxOtlpRequestSize(),
                new ByteSize(100),
                c.knownSeriesPerTenant(),
                c.haTrackerFailoverTimeout(),
                c.haTrackerUpdateTimeout()));
    byte[] body = Requests.v1(T, 1, "__name__", "x".repeat(200));
    try (var hold = small.distributor.inflight().hold()) {
      hold.add(90);
      HttpReply reply = small.remoteWrite.push(FakeCall.snappy(body));
      assertThat(reply.status()).isEqualTo(503);
      assertThat(text(reply)).contains("err-mimir-distributor-max-inflight-push-requests-bytes");
      assertThat(reply.headers()).containsKey("retry-after");
    }
    assertThat(small.remoteWrite.push(FakeCall.snappy(body)).status()).isEqualTo(200);
    assertThat(small.distributor.inflight().heldBytes()).isZero();
  }

  /// W08
  @Test
  void ingestionRate_is429WithWholeSecondsUntilTokensAreBack() {
    bench.limits = Limits.with("ingestionRate", 10.0, "ingestionBurstSize", 2);
    byte[] body = Requests.v1(T, 1, "__name__", "up");
    assertThat(push(body).status()).isEqualTo(200);
    assertThat(push(body).status()).isEqualTo(200);
    HttpReply reply = push(body);
    assertThat(reply.status()).isEqualTo(429);
    assertThat(text(reply)).contains("err-mimir-tenant-max-ingestion-rate").contains("10 items/s");
    assertThat(Integer.parseInt(reply.headers().get("retry-after"))).isPositive();
    assertThat(bench.sink.samples).hasSize(2);
    bench.nowMillis += 100;
    assertThat(push(body).status()).isEqualTo(200);
  }

  @Test
  void requestRate_is429BeforeAnyWork() {
    bench.limits = Limits.with("requestRate", 1.0, "requestBurstSize", 1);
    byte[] body = Requests.v1(T, 1, "__name__", "up");
    assertThat(push(body).status()).isEqualTo(200);
    HttpReply reply = push(body);
    assertThat(reply.status()).isEqualTo(429);
    assertThat(text(reply)).contains("err-mimir-tenant-max-request-rate");
  }

  @Test
  void retryAfter_growsWithTheAttempts() {
    bench.sink.failure = Optional.of(FoursightException.unavailable("starting"));
    byte[] body = Requests.v1(T, 1, "__name__", "up");
    for (int i = 0; i < 50; i++) {
      var call = FakeCall.snappy(body).with("Retry-Attempt", "40");
      assertThat(Integer.parseInt(bench.remoteWrite.push(call).headers().get("retry-after")))
          .isBetween(48, 144);
    }
  }

  @Test
  void internalErrors_are500SoThatTheSenderRetries() {
    bench.sink.failure =
        Optional.of(new FoursightException(ErrorKind.TIMEOUT, "the log did not answer in 10s"));
    assertThat(push(Requests.v1(T, 1, "__name__", "up")).status()).isEqualTo(500);
  }

  /// Only the elected replica is stored; the other takes over when it was silent.
  @Test
  void haPair_storesOneReplicaWithoutTheReplicaLabel() {
    bench.limits = Limits.with("acceptHaSamples", true);
    byte[] a = Requests.v1(T, 1, "__name__", "up", "__replica__", "a", "cluster", "c", "z", "1");
    byte[] b = Requests.v1(T, 2, "__name__", "up", "__replica__", "b", "cluster", "c", "z", "1");
    assertThat(push(a).status()).isEqualTo(200);
    assertThat(push(b).status()).isEqualTo(202);
    bench.nowMillis += 31_000;
    assertThat(push(b).status()).isEqualTo(200);
    assertThat(push(a).status()).isEqualTo(202);
    String stored = "anonymous {__name__=\"up\", cluster=\"c\", z=\"1\"} @" + T;
    assertThat(bench.sink.samples).containsExactly(stored + " 1.0", stored + " 2.0");
  }

  @Test
  void haSamplesOfTooManyClusters_are400() {
    bench.limits = Limits.with("acceptHaSamples", true, "haMaxClusters", 1);
    assertThat(
            push(Requests.v1(T, 1, "__name__", "up", "__replica__", "a", "cluster", "1")).status())
        .isEqualTo(200);
    HttpReply reply = push(Requests.v1(T, 1, "__name__", "up", "__replica__", "a", "cluster", "2"));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply)).contains("err-mimir-tenant-too-many-ha-clusters").contains("limit: 1");
  }

  @Test
  void haDeduplicatedV2Request_isNotTakenForALoss() {
    bench.limits = Limits.with("acceptHaSamples", true);
    push2(Requests.v2(T, 1, "__name__", "up", "__replica__", "a", "cluster", "c"));
    HttpReply reply =
        push2(Requests.v2(T, 1, "__name__", "up", "__replica__", "b", "cluster", "c"));
    assertThat(reply.status()).isEqualTo(202);
    assertCounts(reply, 1, 0, 0);
  }

  private HttpReply push(byte[] message) {
    return bench.remoteWrite.push(
        FakeCall.snappy(message).with("content-type", "application/x-protobuf"));
  }

  private HttpReply push2(byte[] message) {
    return bench.remoteWrite.push(FakeCall.snappy(message).with("content-type", V2));
  }

  private static String text(HttpReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  private static void assertCounts(HttpReply reply, int samples, int histograms, int exemplars) {
    assertThat(reply.headers())
        .containsEntry("x-prometheus-remote-write-samples-written", "" + samples)
        .containsEntry("x-prometheus-remote-write-histograms-written", "" + histograms)
        .containsEntry("x-prometheus-remote-write-exemplars-written", "" + exemplars);
  }
}
