/// Profiles as others define them: pprof in and out, Flight Recorder files, Pyroscope's older
/// formats (folded stacks, lines, trie, tree, speedscope), its push messages, OTLP, and the flame
/// graph of its query API. Decoders fill a [io.foursight.model.profiles.ProfilesBatch] under
/// [io.foursight.wire.profiles.PprofLimits]; encoders read
/// [io.foursight.model.profiles.MergedStacks].
///
/// pprof: [profile.proto](https://github.com/google/pprof/blob/main/proto/profile.proto).
package io.foursight.wire.profiles;
