package io.foursight.wire.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.wire.protobuf.ProtoWriter;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OtlpProfilesDecoderTest {
  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final List<String> STRINGS =
      List.of(
          "",
          "samples",
          "count",
          "cpu",
          "nanoseconds",
          "main",
          "work",
          "thread.name",
          "service.name",
          "off_cpu",
          "bin",
          "process.executable.build_id.gnu");

  /// One sample in either layout; values and attributes as lists.
  private record Sample(int stack, long[] values, int[] attributes, int link, int timestamps) {}

  private static void packed(ProtoWriter out, int field, long... values) {
    if (values.length > 0) {
      int mark = out.begin(field);
      for (long value : values) {
        out.rawVarint(value);
      }
      out.end(mark);
    }
  }

  private static void sample(ProtoWriter out, Sample sample, boolean old) {
    int mark = out.begin(2);
    out.varint(1, sample.stack());
    packed(out, old ? 2 : 4, sample.values());
    packed(out, old ? 3 : 2, Arrays.stream(sample.attributes()).asLongStream().toArray());
    out.varint(old ? 4 : 3, sample.link());
    if (sample.timestamps() > 0) {
      int times = out.begin(5);
      for (int i = 0; i < sample.timestamps(); i++) {
        out.fixed64(NOW + i);
      }
      out.end(times);
    }
    out.end(mark);
  }

  private static void message(ProtoWriter out, int field, Consumer<ProtoWriter> inside) {
    int mark = out.begin(field);
    inside.accept(out);
    out.end(mark);
  }

  /// An attribute with a text.
  private static void attribute(ProtoWriter out, int key, String value) {
    message(
        out,
        6,
        o -> {
          o.varint(1, key);
          message(o, 2, v -> v.string(1, value));
        });
  }

  /// Stack 1 is main;work, stack 2 is an address in `bin`; attributes: 1 thread, 2 service, 3
  /// build.
  private static byte[] request(boolean old, int type, int unit, long period, Sample... samples) {
    var out = new ProtoWriter();
    message(
        out,
        2,
        dictionary -> {
          message(dictionary, 1, m -> {});
          message(
              dictionary,
              1,
              m -> {
                m.varint(1, 4096);
                m.varint(4, 10);
                packed(m, 5, 3);
              });
          message(dictionary, 2, l -> {});
          for (int f = 1; f <= 2; f++) {
            int function = f;
            message(
                dictionary,
                2,
                l -> {
                  l.varint(1, 1);
                  l.varint(2, 77);
                  message(
                      l,
                      3,
                      line -> {
                        line.varint(1, function);
                        line.varint(2, 10 + function);
                      });
                });
          }
          message(
              dictionary,
              2,
              l -> {
                l.varint(1, 1);
                l.varint(2, 0xabc);
              });
          message(dictionary, 3, f -> {});
          message(dictionary, 3, f -> f.varint(1, 5));
          message(dictionary, 3, f -> f.varint(1, 6));
          message(dictionary, 4, l -> {});
          message(
              dictionary,
              4,
              l -> {
                l.bytes(1, new byte[] {0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 8});
                l.bytes(2, new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
              });
          for (String string : STRINGS) {
            dictionary.bytes(5, string.getBytes(java.nio.charset.StandardCharsets.UTF_8));
          }
          message(dictionary, 6, a -> {});
          attribute(dictionary, 7, "worker");
          attribute(dictionary, 8, "till");
          attribute(dictionary, 11, "beef");
          message(dictionary, 7, s -> {});
          message(dictionary, 7, s -> packed(s, 1, 2, 1));
          message(dictionary, 7, s -> packed(s, 1, 3));
        });
    message(
        out,
        1,
        resource -> {
          message(
              resource,
              1,
              r ->
                  message(
                      r,
                      1,
                      kv -> {
                        kv.string(1, "service.name");
                        message(kv, 2, v -> v.string(1, "shop"));
                      }));
          message(
              resource,
              2,
              scope ->
                  message(
                      scope,
                      2,
                      profile -> {
                        message(
                            profile,
                            1,
                            t -> {
                              t.varint(1, type);
                              t.varint(2, unit);
                            });
                        for (Sample sample : samples) {
                          sample(profile, sample, old);
                        }
                        profile.rawVarint(3 << 3 | 1);
                        profile.fixed64(NOW - 5);
                        profile.varint(4, 1000);
                        if (period != 0) {
                          message(
                              profile,
                              5,
                              t -> {
                                t.varint(1, 3);
                                t.varint(2, 4);
                              });
                          profile.varint(6, period);
                        }
                      }));
        });
    return out.toByteArray();
  }

  private final ProfileRefusals refusals = new ProfileRefusals();

  private Folded decode(byte[] request) {
    var folded = new Folded();
    new OtlpProfilesDecoder(folded.symbols, folded.batch, PprofLimits.NONE, refusals)
        .decode(request, NOW, false);
    return folded;
  }

  private static final int[] NONE = {};

  @Test
  void bothLayouts_giveTheSame() {
    for (boolean old : new boolean[] {true, false}) {
      Folded folded =
          decode(
              request(
                  old,
                  1,
                  2,
                  50,
                  new Sample(1, new long[] {3}, new int[] {1}, 1, 0),
                  new Sample(1, new long[] {4}, new int[] {1}, 1, 0),
                  new Sample(2, new long[] {5}, NONE, 0, 0)));
      assertThat(folded.byType())
          .as("old: " + old)
          .isEqualTo(Map.of(CPU, Map.of("main;work", 350L, "bin!0xabc", 250L)));
      assertThat(folded.batch.profiles()).isEqualTo(2);
      Labels labels = folded.batch.labels(0);
      assertThat(labels.get("service_name")).isEqualTo("shop");
      assertThat(labels.get("thread.name")).isEqualTo("worker");
      assertThat(labels.get("__otel__")).isEqualTo("true");
      assertThat(folded.batch.spanId(0)).isEqualTo(7);
      assertThat(folded.batch.traceHigh(0)).isEqualTo(9);
      assertThat(folded.batch.traceLow(0)).isEqualTo(8);
      assertThat(folded.batch.timeNanos(0)).isEqualTo(NOW - 5);
      assertThat(folded.batch.durationNanos(0)).isEqualTo(1000);
      assertThat(folded.batch.samples()).isEqualTo(2);
      assertThat(folded.symbols.symbols().string(folded.symbols.symbols().mappingBuildId(0)))
          .isEqualTo("beef");
    }
    assertThat(refusals.isEmpty()).isTrue();
  }

  @Test
  void theNewLayout_isWhatTheGeneratedClassesRead() throws Exception {
    byte[] bytes = request(false, 1, 2, 50, new Sample(1, new long[] {3}, new int[] {1}, 1, 0));
    var sample =
        ExportProfilesServiceRequest.parseFrom(bytes)
            .getResourceProfiles(0)
            .getScopeProfiles(0)
            .getProfiles(0)
            .getSamples(0);
    assertThat(sample.getValuesList()).containsExactly(3L);
    assertThat(sample.getAttributeIndicesList()).containsExactly(1);
    assertThat(sample.getLinkIndex()).isEqualTo(1);
  }

  @Test
  void samplesWithoutValues_countTheirTimes_andOnlyFieldTwoIsDecidedByWhatItCanBe() {
    assertThat(decode(request(false, 1, 2, 50, new Sample(1, new long[0], NONE, 0, 3))).totals())
        .isEqualTo(Map.of(CPU, 150L));
    // Field 2 names attributes that exist, beside times.
    assertThat(
            decode(request(false, 1, 2, 50, new Sample(1, new long[0], new int[] {1}, 0, 3)))
                .totals())
        .isEqualTo(Map.of(CPU, 150L));
    // Field 2 alone can only be values.
    assertThat(decode(request(true, 1, 2, 50, new Sample(1, new long[] {2}, NONE, 0, 0))).totals())
        .isEqualTo(Map.of(CPU, 100L));
    // Or is no attribute that there is.
    assertThat(
            decode(request(true, 1, 2, 50, new Sample(1, new long[] {900}, NONE, 0, 1))).totals())
        .isEqualTo(Map.of(CPU, 45_000L));
  }

  @Test
  void valuesOfOneSample_areAddedUp_andATypeWithoutAPeriodNamesItself() {
    Folded folded = decode(request(false, 9, 4, 0, new Sample(1, new long[] {3, 4}, NONE, 0, 2)));
    assertThat(folded.byType())
        .isEqualTo(Map.of("off_cpu:off_cpu:nanoseconds::", Map.of("main;work", 7L)));
  }

  @Test
  void aServiceOfASample_isWhatTheProfileIsOf() {
    Folded folded =
        decode(
            request(
                false,
                1,
                2,
                50,
                new Sample(1, new long[] {3}, new int[] {2}, 0, 0),
                new Sample(1, new long[] {4}, NONE, 0, 0)));
    assertThat(folded.batch.profiles()).isEqualTo(2);
    assertThat(folded.batch.labels(0).get("service_name")).isEqualTo("till");
    assertThat(folded.batch.labels(1).get("service_name")).isEqualTo("shop");
  }

  @Test
  void aProfileSentAgain_hasTheSameId() {
    byte[] request = request(false, 1, 2, 50, new Sample(1, new long[] {3}, NONE, 0, 0));
    byte[] other = request(false, 1, 2, 50, new Sample(1, new long[] {4}, NONE, 0, 0));
    long id = decode(request).batch.idLow(0);
    assertThat(id).isNotZero().isEqualTo(decode(request).batch.idLow(0));
    assertThat(decode(other).batch.idLow(0)).isNotEqualTo(id);
  }

  @Test
  void aSampleWithoutAStack_stillCounts() {
    assertThat(decode(request(false, 1, 2, 50, new Sample(0, new long[] {3}, NONE, 0, 0))).byType())
        .isEqualTo(Map.of(CPU, Map.of("unknown", 150L)));
  }

  @Test
  void referencesToNothing_costTheirProfile() {
    for (Sample sample :
        List.of(
            new Sample(9, new long[] {3}, NONE, 0, 0),
            new Sample(1, new long[] {3}, new int[] {9}, 0, 0),
            new Sample(1, new long[] {3}, NONE, 9, 0),
            new Sample(1, new long[] {-3}, NONE, 0, 0))) {
      var refused = new ProfileRefusals();
      var folded = new Folded();
      new OtlpProfilesDecoder(folded.symbols, folded.batch, PprofLimits.NONE, refused)
          .decode(request(false, 1, 2, 50, sample), NOW, false);
      assertThat(folded.batch.profiles()).isZero();
      assertThat(refused.profiles()).isEqualTo(1);
      assertThat(refused.text()).startsWith("invalid profile:");
    }
  }

  @Test
  void bothLayoutsInOneRequest_areRefused() {
    var out = new ProtoWriter();
    byte[] one = request(false, 1, 2, 50, new Sample(1, new long[] {3}, NONE, 1, 0));
    byte[] two = request(true, 1, 2, 50, new Sample(1, new long[] {3}, NONE, 1, 0));
    out.raw(one, 0, one.length);
    out.raw(two, 0, two.length);
    assertThatThrownBy(() -> decode(out.toByteArray())).hasMessageContaining("1.9 and of 1.10");
  }

  @Test
  void whatIsCutOrChanged_isRefusedOrRead_butNeverBreaks() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] request =
        request(
            false,
            1,
            2,
            50,
            new Sample(1, new long[] {3}, new int[] {1}, 1, 2),
            new Sample(2, new long[] {5}, NONE, 0, 0));
    for (int i = 0; i < request.length + 4000; i++) {
      byte[] changed = i < request.length ? Arrays.copyOf(request, i) : request.clone();
      if (i >= request.length) {
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
      }
      try {
        decode(changed);
      } catch (FoursightException e) {
        assertThat(e.getMessage()).as("seed %d, change %d", seed, i).isNotBlank();
      }
    }
  }
}
