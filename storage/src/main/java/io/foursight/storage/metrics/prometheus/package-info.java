/// Prometheus TSDB blocks (`meta.json`, `index`, `chunks/`, `tombstones`), read and written for
/// import and export. Follows the format documents in Prometheus's `tsdb/docs/format`, index
/// versions 1 to 3 and chunk encodings XOR, histogram and float histogram.
package io.foursight.storage.metrics.prometheus;
