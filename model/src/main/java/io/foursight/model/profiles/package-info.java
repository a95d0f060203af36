/// Profiles: batches of profiles as they are written, merged stacks and totals as they are read,
/// and the ports between the components.
///
/// ```
/// write  ProfilesBatch (symbols once, profiles as runs of samples by stack) -> ProfilesSink
/// read   ProfilesSelect (range, type, matchers, spans, call site) -> ProfilesSource -> MergedStacks | ProfileRows
/// query  ProfilesQueryRunner -> the same, merged over all Sources
/// ```
///
/// A profile has one sample type; a file with several becomes several profiles. Stacks are nodes of
/// a tree of parent pointers, so that a merge adds numbers by node and names are resolved last.
package io.foursight.model.profiles;
