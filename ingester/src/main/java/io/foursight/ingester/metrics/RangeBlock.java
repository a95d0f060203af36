package io.foursight.ingester.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import io.foursight.storage.metrics.block.v1.MetricsBlockWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Writes a sealed range as a level-1 block. Only the labels of one metric are objects at a time.
final class RangeBlock {
  private record Group(int shard, int[] ids) {}

  private record Member(Labels labels, int shard, int id) {}

  private final HeadRange range;
  private final ShardSeries.Reader[] readers;
  private final Map<Long, List<Exemplar>> exemplars = new HashMap<>();
  private final SampleReader samples = new SampleReader();
  private final SampleColumns columns = new SampleColumns();

  RangeBlock(HeadRange range) {
    this.range = range;
    readers = new ShardSeries.Reader[range.shards().length];
    for (int i = 0; i < readers.length; i++) {
      HeadShard shard = range.shards()[i];
      long stamp = shard.lock.readLock();
      readers[i] = new ShardSeries.Reader(shard.series());
      shard.lock.unlockRead(stamp);
    }
    for (HeadExemplars.Entry e : range.exemplars().all()) {
      exemplars
          .computeIfAbsent((long) e.shard() << 32 | e.series(), unused -> new ArrayList<>())
          .add(e.exemplar());
    }
  }

  BlockMeta write(Path directory, List<MetricMetadata> metadata, long nowMillis) {
    try (var writer = new MetricsBlockWriter(directory, range.blockId())) {
      Set<String> families = new HashSet<>();
      for (Map.Entry<String, List<Group>> metric : metrics().entrySet()) {
        families.add(metric.getKey());
        for (Member member : members(metric.getValue())) {
          add(writer, member);
        }
      }
      for (MetricMetadata entry : metadata) {
        if (describes(entry.metricFamily(), families)) {
          writer.addMetadata(entry);
        }
      }
      return writer.finish(1, List.of(range.blockId()), List.of(), nowMillis);
    }
  }

  private void add(MetricsBlockWriter writer, Member member) {
    HeadShard shard = range.shards()[member.shard];
    long stamp = shard.lock.readLock();
    try {
      samples.read(shard, member.id, Long.MIN_VALUE, Long.MAX_VALUE, columns);
    } finally {
      shard.lock.unlockRead(stamp);
    }
    List<Exemplar> own = exemplars.getOrDefault((long) member.shard << 32 | member.id, List.of());
    if (!columns.isEmpty()) {
      writer.add(member.labels, columns);
    }
    if (!own.isEmpty()) {
      own.sort(Comparator.comparingLong(Exemplar::timestampMillis));
      writer.addExemplars(member.labels, own.stream().distinct().toList());
    }
  }

  /// A family's series are its name and the names of its classic parts.
  private static boolean describes(String family, Set<String> metrics) {
    return metrics.contains(family)
        || metrics.contains(family + "_count")
        || metrics.contains(family + "_sum")
        || metrics.contains(family + "_bucket")
        || metrics.contains(family + "_total")
        || metrics.contains(family + "_info");
  }

  private List<Member> members(List<Group> groups) {
    var members = new ArrayList<Member>();
    for (Group group : groups) {
      for (int id : group.ids) {
        members.add(new Member(readers[group.shard].labels(id), group.shard, id));
      }
    }
    members.sort(Comparator.comparing(Member::labels, MetricsBlockFormat.SERIES_ORDER));
    return members;
  }

  /// Series by metric name, names in label order.
  private TreeMap<String, List<Group>> metrics() {
    var byName = new TreeMap<String, List<Group>>(Labels::compareText);
    for (int s = 0; s < readers.length; s++) {
      ShardSeries series = readers[s].series();
      HeadShard shard = range.shards()[s];
      long stamp = shard.lock.readLock();
      int name = shard.symbol(Labels.METRIC_NAME);
      shard.lock.unlockRead(stamp);
      long[] pairs = new long[series.count()];
      for (int id = 0; id < pairs.length; id++) {
        pairs[id] = (long) readers[s].walk().find(id, name) << 32 | id;
      }
      Arrays.sort(pairs);
      for (int from = 0; from < pairs.length; ) {
        int symbol = (int) (pairs[from] >> 32);
        int to = from;
        while (to < pairs.length && (int) (pairs[to] >> 32) == symbol) {
          to++;
        }
        int[] ids = new int[to - from];
        for (int i = from; i < to; i++) {
          ids[i - from] = (int) pairs[i];
        }
        byName
            .computeIfAbsent(
                symbol < 0 ? "" : series.symbols().text(symbol), unused -> new ArrayList<>())
            .add(new Group(s, ids));
        from = to;
      }
    }
    return byName;
  }
}
