package io.foursight.wire.logs.json;

import io.foursight.model.logs.LogsQueryResult.Statistics;
import io.foursight.wire.json.JsonBuffer;

/// The `stats` of an answer, with every key that Loki's has, because clients decode them strictly.
/// What has no counterpart here is zero. Bytes and lines scanned stand under `querier.store`.
final class StatisticsJson {
  private static final String CACHE =
      "{\"entriesFound\":0,\"entriesRequested\":0,\"entriesStored\":0,\"bytesReceived\":0,"
          + "\"bytesSent\":0,\"requests\":0,\"downloadTime\":0,\"queryLengthServed\":0}";
  private static final String[] CACHES = {
    "chunk",
    "index",
    "result",
    "statsResult",
    "volumeResult",
    "seriesResult",
    "labelResult",
    "instantMetricResult",
    "logResult",
    "taskResult"
  };

  private static final String DATAOBJ =
      "{\"prePredicateDecompressedRows\":0,\"prePredicateDecompressedBytes\":0,"
          + "\"prePredicateDecompressedStructuredMetadataBytes\":0,\"postPredicateRows\":0,"
          + "\"postPredicateDecompressedBytes\":0,\"postPredicateStructuredMetadataBytes\":0,"
          + "\"postFilterRows\":0,\"pagesScanned\":0,\"pagesDownloaded\":0,"
          + "\"pagesDownloadedBytes\":0,\"pageBatches\":0,\"totalRowsAvailable\":0,"
          + "\"totalPageDownloadTime\":0,\"wireBytesTransferred\":0}";

  private StatisticsJson() {}

  static void write(JsonBuffer out, Statistics statistics, QueryTimes times) {
    double seconds = Math.max(times.totalSeconds(), 1e-9);
    long bytes = statistics.scanned().bytes();
    long lines = statistics.scanned().entries();
    out.raw("{\"summary\":{\"bytesProcessedPerSecond\":").number((long) (bytes / seconds));
    out.raw(",\"linesProcessedPerSecond\":").number((long) (lines / seconds));
    out.raw(",\"totalBytesProcessed\":").number(bytes);
    out.raw(",\"totalLinesProcessed\":").number(lines);
    out.raw(",\"execTime\":").number(times.totalSeconds());
    out.raw(",\"queueTime\":").number(times.queueSeconds());
    out.raw(",\"subqueries\":0,\"totalEntriesReturned\":").number(statistics.entriesReturned());
    out.raw(",\"splits\":0,\"shards\":0,\"totalPostFilterLines\":");
    out.number(statistics.postFilterLines());
    out.raw(",\"totalStructuredMetadataBytesProcessed\":0},\"querier\":{\"store\":");
    store(out, statistics.scanned().chunks(), bytes, lines, statistics.postFilterLines());
    out.raw(",\"querierExecTime\":").number(times.totalSeconds() - times.queueSeconds());
    out.raw("},\"ingester\":{\"totalReached\":0,\"totalChunksMatched\":0,\"totalBatches\":0,");
    out.raw("\"totalLinesSent\":0,\"store\":");
    store(out, 0, 0, 0, 0);
    out.raw("},\"cache\":");
    String comma = "{\"";
    for (String cache : CACHES) {
      out.raw(comma).raw(cache).raw("\":").raw(CACHE);
      comma = ",\"";
    }
    out.raw("},\"index\":{\"totalChunks\":0,\"postFilterChunks\":0,\"shardsDuration\":0,");
    out.raw("\"usedBloomFilters\":false,\"totalStreams\":0,\"chunkRefsLookupTime\":0,");
    out.raw("\"bloomFilterTime\":0}}");
  }

  private static void store(JsonBuffer out, long chunks, long bytes, long lines, long passed) {
    out.raw("{\"totalChunksRef\":").number(chunks);
    out.raw(",\"totalChunksDownloaded\":").number(chunks);
    out.raw(",\"chunksDownloadTime\":0,\"queryReferencedStructuredMetadata\":false,");
    out.raw("\"queryUsedV2Engine\":false,");
    out.raw("\"chunk\":{\"headChunkBytes\":0,\"headChunkLines\":0,\"decompressedBytes\":");
    out.number(bytes).raw(",\"decompressedLines\":").number(lines);
    out.raw(",\"compressedBytes\":0,\"totalDuplicates\":0,\"postFilterLines\":").number(passed);
    out.raw(",\"headChunkStructuredMetadataBytes\":0,\"decompressedStructuredMetadataBytes\":0},");
    out.raw("\"chunkRefsFetchTime\":0,\"congestionControlLatency\":0,");
    out.raw("\"pipelineWrapperFilteredLines\":0,\"dataobj\":").raw(DATAOBJ).raw('}');
  }
}
