package io.foursight.storage.profiles.block.v1;

/// What the index tells of a partition: profiles of one service and build, which share symbols.
///
/// @param stacks how many its symbols have
/// @param offset of the symbols in `profiles`
/// @param symbolBytes stored
/// @param memoryBytes of the symbols in memory, about
record PartitionMeta(
    String service, String buildId, int stacks, long offset, int symbolBytes, long memoryBytes) {}
