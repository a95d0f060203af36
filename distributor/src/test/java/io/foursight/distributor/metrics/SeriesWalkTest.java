package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.distributor.DistributorLimits;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.wire.metrics.RemoteWriteV1Decoder;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A wrong guess would put samples into another series: nothing is worse, and nothing is quieter.
class SeriesWalkTest {
  private static final long T = 1_790_000_000_000L;

  private final SeriesHash hash = new SeriesHash(5, 6);
  private final DistributorLimits limits = DistributorLimits.defaults();
  private final KnownSeries known = new KnownSeries(100_000, () -> {});
  private final MetricsValidator validator = new MetricsValidator(hash);
  private final SeriesWalk walk = new SeriesWalk(hash);
  private final RemoteWriteV1Decoder decoder = new RemoteWriteV1Decoder();
  private final MetricsBatch batch = new MetricsBatch(new byte[0]);

  /// Bodies lie in one buffer, as at the door, so that old bytes stand behind every shorter
  /// request.
  private final byte[] buffer = new byte[1 << 20];

  private void push(byte[] request) {
    System.arraycopy(request, 0, buffer, 0, request.length);
    walk.begin(known, limits);
    decoder.decode(buffer, request.length, batch, walk);
    assertThat(walk.covers(batch, limits)).isTrue();
    var rejections = new Rejections();
    validator.validate(batch, walk, limits, known, T, rejections);
    assertThat(rejections.isEmpty()).isTrue();
  }

  private void expect(List<Labels> series, String where) {
    assertThat(batch.seriesCount()).as(where).isEqualTo(series.size());
    for (int i = 0; i < series.size(); i++) {
      byte[] canonical = LabelBytes.encode(series.get(i));
      int from = batch.labelOffset(i);
      byte[] got = Arrays.copyOfRange(batch.labelBytes(i), from, from + batch.labelLength(i));
      assertThat(got).as("%s series %d", where, i).isEqualTo(canonical);
      long[] key = new long[2];
      long[] low = new long[1];
      hash.hash(canonical, 0, canonical.length, key, low, 0);
      assertThat(batch.hashHigh()[i]).as("%s series %d", where, i).isEqualTo(key[0]);
      assertThat(batch.hashLow()[i]).as("%s series %d", where, i).isEqualTo(low[0]);
      assertThat(batch.values()[batch.sampleStart(i)]).isEqualTo(i);
    }
  }

  /// Orders that nearly repeat, series that differ in one byte or go on where another ends, labels
  /// in any order and behind the sample: whatever is guessed, keys and labels are those of the
  /// bytes.
  @Test
  void requestsThatNearlyRepeat_giveEverySeriesItsOwnKey() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var lists = new ArrayList<List<String>>();
      for (int s = 0; s < 30; s++) {
        var pairs = new ArrayList<>(List.of("__name__", "m" + random.nextInt(4)));
        for (int l = 0; l < random.nextInt(8); l++) {
          pairs.add("l" + l);
          pairs.add("v".repeat(1 + random.nextInt(40)) + random.nextInt(3));
        }
        lists.add(pairs);
      }
      for (int round = 0; round < 8; round++) {
        for (int change = random.nextInt(4); change > 0; change--) {
          change(lists, random);
        }
        var out = new ProtoWriter();
        var expected = new ArrayList<Labels>();
        for (int s = 0; s < lists.size(); s++) {
          write(out, lists.get(s), s, random);
          expected.add(Labels.of(lists.get(s).toArray(new String[0])));
        }
        push(out.toByteArray());
        expect(expected, "seed " + seed + " round " + round);
      }
    }
  }

  private static void change(List<List<String>> lists, Random random) {
    int at = random.nextInt(lists.size());
    List<String> pairs = lists.get(at);
    switch (random.nextInt(5)) {
      case 0 -> lists.add(random.nextInt(lists.size()), new ArrayList<>(pairs));
      case 1 -> lists.add(lists.remove(at));
      case 2 -> pairs.addAll(List.of("z" + pairs.size(), "more"));
      case 3 -> {
        if (pairs.size() > 2) {
          pairs.subList(pairs.size() - 2, pairs.size()).clear();
        }
      }
      default -> {
        String value = pairs.get(pairs.size() - 1);
        pairs.set(pairs.size() - 1, value.substring(1) + (char) ('a' + random.nextInt(26)));
      }
    }
  }

  /// Now and then unsorted, now and then with the last label behind the sample.
  private static void write(ProtoWriter out, List<String> pairs, int value, Random random) {
    int start = out.begin(1);
    int last = random.nextInt(20) == 0 ? pairs.size() - 2 : pairs.size();
    if (random.nextInt(20) == 0 && last > 4) {
      label(out, pairs, 2);
      label(out, pairs, 0);
      for (int i = 4; i < last; i += 2) {
        label(out, pairs, i);
      }
    } else {
      for (int i = 0; i < last; i += 2) {
        label(out, pairs, i);
      }
    }
    int sample = out.begin(2);
    out.float64(1, value);
    out.varint(2, T);
    out.end(sample);
    if (last < pairs.size()) {
      label(out, pairs, last);
    }
    out.end(start);
  }

  private static void label(ProtoWriter out, List<String> pairs, int i) {
    int label = out.begin(1);
    out.string(1, pairs.get(i));
    out.string(2, pairs.get(i + 1));
    out.end(label);
  }

  /// Senders that do not sort pay for it once.
  @Test
  void unsortedSeries_areKnownTheNextTime() {
    for (int round = 0; round < 3; round++) {
      var out = new ProtoWriter();
      Requests.series(out, T, 0, "z", "1", "__name__", "up");
      Requests.series(out, T, 1, "b", "1", "__name__", "up", "a", "");
      push(out.toByteArray());
      expect(
          List.of(Labels.of("__name__", "up", "z", "1"), Labels.of("__name__", "up", "b", "1")),
          "");
      assertThat(validator.validatedSeries()).isEqualTo(round == 0 ? 2 : 0);
    }
  }
}
