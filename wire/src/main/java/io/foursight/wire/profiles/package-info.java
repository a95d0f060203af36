/// Profiles as others define them: pprof in and out, Flight Recorder files, folded stacks, and the
/// flame graph of Pyroscope's query API. Decoders fill a
/// [io.foursight.model.profiles.ProfilesBatch]; encoders read
/// [io.foursight.model.profiles.MergedStacks].
///
/// pprof: [profile.proto](https://github.com/google/pprof/blob/main/proto/profile.proto).
package io.foursight.wire.profiles;
