/// Recent profiles of the ingester: write-ahead log records, the head and its reading, and the way
/// of segments into blocks.
///
/// A tenant's head is a list of **segments**, one open for each stretch of time that profiles are
/// of. A segment is what becomes one block, under an id that it has from the start. It holds
///
/// ```
/// series          labels, each once
/// HeadPartition   one for each service and build: symbols once, stacks as a tree of parent pointers,
///                 profiles and samples as columns in order of arrival
/// ```
///
/// A sample costs twelve bytes, or 36 where samples have spans.
///
/// Records of the log, signal profiles: see io.foursight.ingester.PieceRecords and ProfilesRecords.
/// Every ROWS record has its symbols and labels whole, so none needs another one to be read.
package io.foursight.ingester.profiles;
