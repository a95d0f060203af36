package io.foursight.distributor.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ByteSize;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.FakeCall;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RelabelRule;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSink;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.runtime.http.ConnectRoutes;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.SocketHandler;
import io.foursight.wire.profiles.PprofEncoder;
import io.foursight.wire.protobuf.ProtoWriter;
import io.grpc.BindableService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProfilesPushTest {
  private static final long NOW = 1_700_000_000_000_000_000L;

  /// A profile that reached the sink.
  private record Stored(Labels labels, long timeNanos, UUID id, long total) {}

  private final Map<String, HttpHandler> routes = new HashMap<>();
  private final List<Stored> stored = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ProfilesWriteLimits limits = ProfilesWriteLimits.defaults();
  private ProfilesSink sink = this::store;

  private ProfilesWriteResult store(TenantId tenant, ProfilesBatch batch) {
    for (int p = 0; p < batch.profiles(); p++) {
      long total = 0;
      for (int s = batch.sampleStart(p); s < batch.sampleEnd(p); s++) {
        total += batch.value(s);
      }
      stored.add(
          new Stored(
              batch.labels(p),
              batch.timeNanos(p),
              new UUID(batch.idHigh(p), batch.idLow(p)),
              total));
    }
    return new ProfilesWriteResult(batch.profiles(), List.of());
  }

  private static RelabelExpression expression(String text) {
    var pattern = Pattern.compile(text, Pattern.DOTALL);
    return (value, template) -> {
      Matcher matcher = pattern.matcher(value);
      return matcher.matches() ? Optional.of(matcher.replaceFirst(template)) : Optional.empty();
    };
  }

  private HttpReply post(String path, FakeCall call) throws Exception {
    if (routes.isEmpty()) {
      var distributor =
          new ProfilesDistributor(
              DistributorConfig.defaults(),
              tenant -> limits,
              (tenant, batch) -> sink.write(tenant, batch),
              new ProfilesDistributorMetrics(meters),
              ProfilesPushTest::expression,
              Clock.fixed(Instant.ofEpochSecond(NOW / 1_000_000_000), ZoneOffset.UTC),
              () -> 0,
              RateShare.WHOLE);
      var retryAfter = new RetryAfter(new Random(1));
      var registered =
          new HttpRoutes() {
            @Override
            public void add(
                Door door,
                Set<String> methods,
                String pattern,
                String name,
                ErrorShape errors,
                HttpHandler handler) {
              routes.put(door + " " + pattern, handler);
            }

            @Override
            public void addSocket(
                Door door, String pattern, String name, ErrorShape errors, SocketHandler handler) {}

            @Override
            public void addGrpc(Door door, BindableService service) {}
          };
      new ProfilesPushRoutes(distributor, retryAfter).register(registered);
      new OtlpProfilesRoutes(distributor, retryAfter).register(registered);
    }
    try {
      return routes.get("PROFILES " + path).handle(call);
    } catch (FoursightException e) {
      return ConnectRoutes.error(e);
    }
  }

  /// The limits with one more changed.
  private ProfilesWriteLimits with(String name, Object value) throws Exception {
    var components = ProfilesWriteLimits.class.getRecordComponents();
    var values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          components[i].getName().equals(name) ? value : components[i].getAccessor().invoke(limits);
    }
    Class<?>[] types = Arrays.stream(components).map(c -> c.getType()).toArray(Class<?>[]::new);
    assertThat(values).contains(value);
    return ProfilesWriteLimits.class.getDeclaredConstructor(types).newInstance(values);
  }

  private static byte[] pprof(String type, long timeNanos, long value) {
    var merged = new MergedStacks();
    var symbols = new ProfileSymbols();
    int function = symbols.addFunction(symbols.addString("main"), 0, 0, 0);
    int location = symbols.addLocation(-1, 0);
    symbols.addLine(function, 1);
    int stack = symbols.addStack(-1, location);
    merged.add(merged.from(symbols).stack(stack), value);
    return PprofEncoder.encode(
        merged, new ProfileType("x", type, "nanoseconds", "cpu", "nanoseconds"), timeNanos, 0, 1);
  }

  private static byte[] push(Map<String, String> labels, String id, byte[]... files) {
    var out = new ProtoWriter();
    int series = out.begin(1);
    labels.forEach((name, value) -> {
      int label = out.begin(1);
      out.string(1, name);
      out.string(2, value);
      out.end(label);
    });
    for (byte[] file : files) {
      int sample = out.begin(2);
      out.bytes(1, file);
      out.string(2, id);
      out.end(sample);
    }
    out.end(series);
    return out.toByteArray();
  }

  private HttpReply pushed(byte[] message) throws Exception {
    return post(
        "/push.v1.PusherService/Push",
        new FakeCall(message).with("content-type", "application/proto"));
  }

  private FakeCall folded(String text) {
    return new FakeCall(text.getBytes(StandardCharsets.UTF_8)).parameter("name", "shop");
  }

  private static String text(HttpReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  private static final Map<String, String> SHOP =
      Map.of("__name__", "process_cpu", "service_name", "shop");

  @Test
  void ingest_answersWithAnEmptyBody_underBothPaths() throws Exception {
    for (String path : List.of("/ingest", "/pyroscope/ingest")) {
      HttpReply reply = post(path, folded("a;b 3"));
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEmpty();
    }
    assertThat(stored).hasSize(2);
    assertThat(stored.getFirst().total()).isEqualTo(30_000_000);
    assertThat(stored.getFirst().timeNanos()).isEqualTo(NOW);
    assertThat(stored.getFirst().labels().toMap())
        .containsEntry("service_name", "shop")
        .containsEntry("__service_name__", "shop")
        .containsEntry("__profile_type__", "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
  }

  @Test
  void ingest_errorsAreJson_withTheStatusOfTheirStage() throws Exception {
    HttpReply noName = post("/ingest", new FakeCall(new byte[0]));
    assertThat(noName.status()).isEqualTo(400);
    assertThat(text(noName)).startsWith("{\"code\":\"invalid_argument\",\"message\":\"name:");
    HttpReply noStacks = post("/ingest", folded("no stacks here"));
    assertThat(noStacks.status()).isEqualTo(422);
    assertThat(text(noStacks)).contains("line 1 does not end in a count");
    limits = with("ingestionBodyLimitMb", 0.00001);
    assertThat(post("/ingest", folded("a;b;c;d;e;f 100")).status()).isEqualTo(413);
    limits = ProfilesWriteLimits.defaults();
    limits = with("maxProfileSizeBytes", new ByteSize(4));
    HttpReply large = post("/ingest", folded("a;b;c;d;e;f 100"));
    assertThat(large.status()).isEqualTo(422);
    assertThat(text(large)).contains("limits.max_profile_size_bytes");
    limits = ProfilesWriteLimits.defaults();
    sink =
        (tenant, batch) -> {
          throw FoursightException.unavailable("starting");
        };
    HttpReply starting = post("/ingest", folded("a 1"));
    assertThat(starting.status()).isEqualTo(503);
    assertThat(starting.headers()).containsKey("retry-after");
    assertThat(stored).isEmpty();
  }

  @Test
  void push_inBothFormats_keepsTheSendersId() throws Exception {
    String id = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
    assertThat(pushed(push(SHOP, id, pprof("cpu", NOW, 5))).status()).isEqualTo(200);
    String json =
        "{\"series\":[{\"labels\":[{\"name\":\"service_name\",\"value\":\"shop\"}],\"samples\":[{\"ID\":\""
            + id
            + "\",\"rawProfile\":\""
            + Base64.getEncoder().encodeToString(pprof("cpu", NOW, 6))
            + "\"}]}]}";
    HttpReply reply =
        post(
            "/push.v1.PusherService/Push",
            new FakeCall(json.getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/json"));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(text(reply)).isEqualTo("{}");
    assertThat(stored).extracting(Stored::total).containsExactly(5L, 6L);
    assertThat(stored).allMatch(s -> s.id().toString().equals(id));
    // Without a name it is named by its types.
    assertThat(stored.getLast().labels().metricName()).isEqualTo("process_cpu");
  }

  @Test
  void aPushSentAgain_hasTheSameIds_anotherHasOthers() throws Exception {
    byte[] message = push(SHOP, "", pprof("cpu", NOW, 5), pprof("cpu", NOW, 6));
    pushed(message);
    pushed(message);
    List<UUID> ids = stored.stream().map(Stored::id).toList();
    assertThat(ids).hasSize(4);
    assertThat(ids.subList(2, 4)).isEqualTo(ids.subList(0, 2));
    assertThat(ids.get(0)).isNotEqualTo(ids.get(1));
  }

  @Test
  void push_storesWhatIsGood_andFailsNamingTheRest() throws Exception {
    HttpReply reply =
        pushed(push(SHOP, "", pprof("cpu", NOW, 5), new byte[] {1, 2, 3}, pprof("al-loc", NOW, 5)));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply))
        .contains("invalid_argument", "1 profiles are stored", "(and 1 more profiles)");
    assertThat(stored).hasSize(1);
    assertThat(rejected("malformed_profile")).isEqualTo(2);
    assertThat(pushed(new byte[0]).status()).isEqualTo(400);
    assertThat(pushed(push(Map.of(), "", pprof("cpu", NOW, 5))).status()).isEqualTo(400);
    assertThat(pushed(new byte[] {10, 100}).status()).isEqualTo(400);
    assertThat(stored).hasSize(1);
  }

  private double rejected(String reason) {
    return meters
        .counter(
            "foursight_distributor_rejected_items_total", "signal", "profiles", "reason", reason)
        .count();
  }

  @Test
  void aSeriesWithoutAService_isOfTheUnknownOne() throws Exception {
    pushed(push(Map.of("a b-c.d", "x"), "", pprof("cpu", NOW, 5)));
    assertThat(stored.getFirst().labels().toMap())
        .containsEntry("service_name", "unknown_service")
        .containsEntry("a b-c.d", "x");
  }

  @Test
  void oddLabelNames_areMadeSane_whenTheTenantWantsIt() throws Exception {
    limits = with("disableLabelSanitization", false);
    pushed(push(Map.of("a b-c.d", "x", "1a", "y", "service_name", "s"), "", pprof("cpu", NOW, 5)));
    assertThat(stored.getFirst().labels().toMap())
        .containsEntry("a_b_c_d", "x")
        .containsEntry("_a", "y");
    HttpReply clash =
        pushed(push(Map.of("a.b", "x", "a_b", "y", "c", "z"), "", pprof("cpu", NOW, 5)));
    assertThat(clash.status()).isEqualTo(400);
    assertThat(text(clash)).contains("duplicate label name 'a_b' after label name sanitization");
    assertThat(pushed(push(Map.of("a.b", "x", "a_b", "x"), "", pprof("cpu", NOW, 5))).status())
        .isEqualTo(200);
  }

  @Test
  void labelsPastTheirBounds_areRefusedWithTheBound() throws Exception {
    limits = with("maxLabelNamesPerSeries", 2);
    assertThat(text(pushed(push(Map.of("a", "1", "b", "2", "c", "3"), "", pprof("cpu", NOW, 5)))))
        .contains("has 4 label names; limit 2 (limits.max_label_names_per_series)");
    limits = ProfilesWriteLimits.defaults();
    limits = with("maxLabelValueLength", 40);
    assertThat(text(pushed(push(Map.of("service_name", "ü".repeat(21)), "", pprof("cpu", NOW, 5)))))
        .contains("label value too long", "limits.max_label_value_length is 40");
    limits = with("maxLabelNameLength", 20);
    assertThat(text(pushed(push(Map.of("n".repeat(21), "x"), "", pprof("cpu", NOW, 5)))))
        .contains("label name too long");
    assertThat(stored).isEmpty();
    assertThat(rejected("label_name_too_long")).isEqualTo(1);
  }

  @Test
  void theUsualRules_bringOldNamesInOrder() throws Exception {
    pushed(push(Map.of("__name__", "godeltaprof_memory"), "", pprof("alloc_space", NOW, 5)));
    pushed(push(Map.of("__name__", "wall"), "", pprof("cpu", NOW, 5)));
    assertThat(stored.getFirst().labels().toMap())
        .containsEntry("__name__", "memory")
        .containsEntry("__delta__", "false")
        .containsEntry("__name_replaced__", "godeltaprof_memory")
        .containsEntry("__profile_type__", "memory:alloc_space:nanoseconds:cpu:nanoseconds");
    assertThat(stored.getLast().labels().get("__profile_type__"))
        .isEqualTo("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    limits = with("ingestionRelabelingDefaultRulesPosition", ProfilesWriteLimits.Position.DISABLED);
    pushed(push(Map.of("__name__", "wall"), "", pprof("cpu", NOW, 5)));
    assertThat(stored.getLast().labels().metricName()).isEqualTo("wall");
  }

  @Test
  void aTenantsRules_changeAndDropSeries_withoutAnError() throws Exception {
    var rule =
        new RelabelRule(List.of("pod"), ";", "", "canary.*", 0, "$1", RelabelRule.Action.DROP);
    limits = with("ingestionRelabelingRules", List.of(rule));
    assertThat(pushed(push(Map.of("pod", "canary-1"), "", pprof("cpu", NOW, 5))).status())
        .isEqualTo(200);
    assertThat(pushed(push(Map.of("pod", "p-1"), "", pprof("cpu", NOW, 5))).status())
        .isEqualTo(200);
    assertThat(stored).hasSize(1);
    assertThat(rejected("dropped_by_relabel_rules")).isEqualTo(1);
    var broken = with("ingestionRelabelingRules", List.of(RelabelRule.defaults()));
    assertThatThrownBy(() ->
            ProfilesWriteLimits.check(
                broken,
                text -> {
                  throw FoursightException.badData("no");
                }))
        .hasMessage("limits.ingestion_relabeling_rules[0].regex: no");
  }

  @Test
  void profilesThatOnlyLookAlikeAfterRelabelling_keepIdsOfTheirOwn() throws Exception {
    var rule = new RelabelRule(List.of(), ";", "", "pod", 0, "$1", RelabelRule.Action.LABELDROP);
    limits = with("ingestionRelabelingRules", List.of(rule));
    String id = UUID.randomUUID().toString();
    var out = new ProtoWriter();
    for (String pod : List.of("a", "b")) {
      byte[] one = push(Map.of("service_name", "s", "pod", pod), id, pprof("cpu", NOW, 5));
      out.raw(one, 0, one.length);
    }
    pushed(out.toByteArray());
    assertThat(stored).hasSize(2);
    assertThat(stored.getFirst().labels()).isEqualTo(stored.getLast().labels());
    assertThat(stored.getFirst().id()).isNotEqualTo(stored.getLast().id());
  }

  @Test
  void profilesOutsideTheWindow_areRefused_anyAgeIsTakenByDefault() throws Exception {
    long year = Duration.ofDays(365).toNanos();
    assertThat(pushed(push(SHOP, "", pprof("cpu", NOW - 5 * year, 5))).status()).isEqualTo(200);
    HttpReply future = pushed(push(SHOP, "", pprof("cpu", NOW + year, 5)));
    assertThat(future.status()).isEqualTo(400);
    assertThat(text(future))
        .contains("outside of ingestion window (profile timestamp: 2024-11-13T22:13:20Z");
    limits = with("rejectOlderThan", Duration.ofHours(1));
    assertThat(pushed(push(SHOP, "", pprof("cpu", NOW - year, 5))).status()).isEqualTo(400);
    assertThat(rejected("not_in_ingestion_window")).isEqualTo(2);
    assertThat(stored).hasSize(1);
  }

  @Test
  void overTheRate_is429_andNothingIsStored() throws Exception {
    limits = with("profilesIngestionRateMb", 0.00001);
    limits = with("profilesIngestionBurstSizeMb", 0.00001);
    HttpReply ingest = post("/ingest", folded("a;b;c;d;e 3"));
    assertThat(ingest.status()).isEqualTo(429);
    assertThat(text(ingest)).contains("resource_exhausted", "limits.profiles_ingestion_rate_mb");
    assertThat(pushed(push(SHOP, "", pprof("cpu", NOW, 5))).status()).isEqualTo(429);
    assertThat(stored).isEmpty();
  }

  @Test
  void whatTheSinkRefuses_isReported() throws Exception {
    sink =
        (tenant, batch) ->
            new ProfilesWriteResult(
                0,
                List.of(
                    new ProfilesWriteResult.Rejection(
                        "series_limit", ErrorKind.LIMIT_EXCEEDED, "too many series", 1)));
    assertThat(post("/ingest", folded("a 1")).status()).isEqualTo(429);
    assertThat(pushed(push(SHOP, "", pprof("cpu", NOW, 5))).status()).isEqualTo(429);
    assertThat(rejected("series_limit")).isEqualTo(2);
  }

  // --- OTLP

  /// One CPU profile of one sample, whose stack may be one that is not there.
  private static ExportProfilesServiceRequest otlp(int stack) {
    var request = ExportProfilesServiceRequest.newBuilder();
    for (String text : List.of("", "samples", "count", "cpu", "nanoseconds", "main")) {
      request.getDictionaryBuilder().addStringTable(text);
    }
    request.getDictionaryBuilder().addFunctionTableBuilder();
    request.getDictionaryBuilder().addFunctionTableBuilder().setNameStrindex(5);
    request.getDictionaryBuilder().addMappingTableBuilder();
    request.getDictionaryBuilder().addLocationTableBuilder();
    request.getDictionaryBuilder().addLocationTableBuilder().addLinesBuilder().setFunctionIndex(1);
    request.getDictionaryBuilder().addStackTableBuilder();
    request.getDictionaryBuilder().addStackTableBuilder().addLocationIndices(1);
    var scope = request.addResourceProfilesBuilder().addScopeProfilesBuilder();
    for (int index : new int[] {1, stack}) {
      var profile = scope.addProfilesBuilder().setTimeUnixNano(NOW).setPeriod(10);
      profile.getSampleTypeBuilder().setTypeStrindex(1).setUnitStrindex(2);
      profile.getPeriodTypeBuilder().setTypeStrindex(3).setUnitStrindex(4);
      profile.addSamplesBuilder().setStackIndex(index).addValues(3 + index);
    }
    return request.build();
  }

  @Test
  void otlp_goodProfilesAreStoredBesideBadOnes_whichPartialSuccessCounts() throws Exception {
    HttpReply reply =
        post(
            "/v1development/profiles",
            new FakeCall(otlp(9).toByteArray()).with("content-type", "application/x-protobuf"));
    assertThat(reply.status()).isEqualTo(200);
    var response = ExportProfilesServiceResponse.parseFrom(reply.body());
    assertThat(response.getPartialSuccess().getRejectedProfiles()).isEqualTo(1);
    assertThat(response.getPartialSuccess().getErrorMessage()).contains("stack 9 of 2");
    assertThat(stored).hasSize(1);
    assertThat(stored.getFirst().total()).isEqualTo(40);
    assertThat(stored.getFirst().labels().toMap())
        .containsEntry("service_name", "unknown_service")
        .containsEntry("__otel__", "true");
  }

  @Test
  void otlpJson_isReadByNames() throws Exception {
    String json =
        """
        {"dictionary":{"stringTable":["","wall","nanoseconds","main"],"functionTable":[{},{"nameStrindex":3}],
        "mappingTable":[{}],"locationTable":[{},{"lines":[{"functionIndex":1}]}],"stackTable":[{},{"locationIndices":[1]}]},
        "resourceProfiles":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
        "scopeProfiles":[{"profiles":[{"sampleType":{"typeStrindex":1,"unitStrindex":2},"timeUnixNano":"1699999999000000000",
        "profileId":"0123456789abcdef0123456789abcdef","samples":[{"stackIndex":1,"values":["7"]}]}]}]}]}
        """;
    HttpReply reply =
        post(
            "/otlp/v1development/profiles",
            new FakeCall(json.getBytes(StandardCharsets.UTF_8))
                .with("content-type", "application/json"));
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    assertThat(text(reply)).isEqualTo("{}");
    assertThat(stored.getFirst().labels().toMap())
        .containsEntry("__profile_type__", "wall:wall:nanoseconds::")
        .containsEntry("service_name", "shop");
    assertThat(stored.getFirst().id())
        .isEqualTo(UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"));
  }

  @Test
  void otlp_whatIsNoRequest_is400() throws Exception {
    assertThat(
            post(
                    "/v1development/profiles",
                    new FakeCall(new byte[] {10, 100}).with("content-type", "application/protobuf"))
                .status())
        .isEqualTo(400);
    assertThat(
            post(
                    "/v1development/profiles",
                    new FakeCall(new byte[] {10, 100})
                        .with("content-type", "application/x-protobuf"))
                .status())
        .isEqualTo(400);
    assertThat(
            post("/v1development/profiles", new FakeCall(new byte[0]).with("content-type", "a/b"))
                .status())
        .isEqualTo(415);
  }
}
