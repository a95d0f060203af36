package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Takes the replica label off every series of a batch, in place, and drops the series whose
/// replica is not elected. A series that lacks the cluster or the replica label passes untouched.
/// Each (cluster, replica) pair is asked about once a request. Owned by one thread.
///
/// Label bytes are walked only as far as their lengths go; a series with malformed or unusual label
/// bytes is left as it is for validation.
final class HaFilter {
  private record Pair(String cluster, String replica) {}

  private final HaElections elections;

  HaFilter(HaElections elections) {
    this.elections = elections;
  }

  /// What the filter did.
  ///
  /// @param dropped samples and histograms of replicas that are not elected
  record Outcome(int dropped) {}

  Outcome apply(
      TenantId tenant, DistributorLimits limits, MetricsBatch batch, Rejections rejections) {
    byte[] clusterName = limits.haClusterLabel().getBytes(StandardCharsets.UTF_8);
    byte[] replicaName = limits.haReplicaLabel().getBytes(StandardCharsets.UTF_8);
    Map<Pair, HaElections.Verdict> verdicts = new HashMap<>();
    var drop = new BitSet();
    int dropped = 0;
    Pair last = new Pair("", "");
    HaElections.Verdict lastVerdict = HaElections.Verdict.ACCEPT;
    var scan = new Scan();
    for (int i = 0; i < batch.seriesCount(); i++) {
      byte[] bytes = batch.labelBytes(i);
      if (!scan.run(bytes, batch.labelOffset(i), batch.labelLength(i), clusterName, replicaName)) {
        continue;
      }
      if (!same(last.cluster, bytes, scan.clusterOffset, scan.clusterLength)
          || !same(last.replica, bytes, scan.replicaOffset, scan.replicaLength)) {
        last =
            new Pair(
                text(bytes, scan.clusterOffset, scan.clusterLength),
                text(bytes, scan.replicaOffset, scan.replicaLength));
        lastVerdict =
            verdicts.computeIfAbsent(
                last,
                p -> elections.seen(tenant, p.cluster(), p.replica(), limits.haMaxClusters()));
      }
      int rows =
          batch.sampleEnd(i)
              - batch.sampleStart(i)
              + batch.histogramEnd(i)
              - batch.histogramStart(i);
      switch (lastVerdict) {
        case ACCEPT -> cutOut(batch, i, scan);
        case DEDUPLICATE -> {
          drop.set(i);
          dropped += rows;
        }
        case TOO_MANY_CLUSTERS -> {
          drop.set(i);
          String cluster = last.cluster;
          rejections.add(
              "too_many_ha_clusters",
              rows,
              () ->
                  "the write request has been rejected because the maximum number of"
                      + " high-availability (HA) clusters has been reached for this tenant (limit: "
                      + limits.haMaxClusters()
                      + ", cluster: '"
                      + cluster
                      + "') (err-mimir-tenant-too-many-ha-clusters)."
                      + " To adjust the per-tenant limit, set limits.ha_max_clusters");
        }
      }
    }
    if (!drop.isEmpty()) {
      batch.remove(drop, new BitSet(), new BitSet());
    }
    return new Outcome(dropped);
  }

  /// Moves the labels before the replica label up over it.
  private static void cutOut(MetricsBatch batch, int series, Scan scan) {
    byte[] bytes = batch.labelBytes(series);
    int offset = batch.labelOffset(series);
    int gap = scan.fieldEnd - scan.fieldStart;
    System.arraycopy(bytes, offset, bytes, offset + gap, scan.fieldStart - offset);
    batch.labels(series, offset + gap, batch.labelLength(series) - gap);
  }

  private static boolean same(String text, byte[] bytes, int offset, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  /// Finds the two labels in the common form `0a n 0a |name| name 12 |value| value`.
  private static final class Scan {
    int clusterOffset;
    int clusterLength;
    int replicaOffset;
    int replicaLength;
    int fieldStart;
    int fieldEnd;
    private int p;

    boolean run(byte[] b, int offset, int length, byte[] cluster, byte[] replica) {
      int end = offset + length;
      boolean hasCluster = false;
      boolean hasReplica = false;
      p = offset;
      while (p < end) {
        int start = p;
        if (b[p++] != 0x0a) {
          return false;
        }
        int inner = uvarint(b, end);
        int innerEnd = p + inner;
        if (inner < 0 || innerEnd > end || innerEnd < p || p >= innerEnd || b[p++] != 0x0a) {
          return false;
        }
        int nameLength = uvarint(b, innerEnd);
        int name = p;
        if (nameLength < 0 || nameLength > innerEnd - p) {
          return false;
        }
        p += nameLength;
        if (p >= innerEnd || b[p++] != 0x12) {
          return false;
        }
        int valueLength = uvarint(b, innerEnd);
        if (valueLength < 0 || p + valueLength != innerEnd) {
          return false;
        }
        if (matches(b, name, nameLength, cluster)) {
          hasCluster = true;
          clusterOffset = p;
          clusterLength = valueLength;
        } else if (matches(b, name, nameLength, replica)) {
          hasReplica = true;
          replicaOffset = p;
          replicaLength = valueLength;
          fieldStart = start;
          fieldEnd = innerEnd;
        }
        p = innerEnd;
      }
      return hasCluster && hasReplica;
    }

    private int uvarint(byte[] b, int end) {
      int result = 0;
      for (int shift = 0; shift < 35 && p < end; shift += 7) {
        byte v = b[p++];
        result |= (v & 0x7f) << shift;
        if (v >= 0) {
          return result;
        }
      }
      return -1;
    }

    private static boolean matches(byte[] b, int offset, int length, byte[] name) {
      return length == name.length
          && Arrays.equals(b, offset, offset + length, name, 0, name.length);
    }
  }
}
