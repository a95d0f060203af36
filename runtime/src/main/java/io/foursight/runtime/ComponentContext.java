package io.foursight.runtime;

import io.foursight.runtime.http.HttpRoutes;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;

/// What every component is given by `cmd` besides its own config record and ports. Limits come as
/// `TenantLimits<L>` from `TenantOverrides.limits(L.class)`.
///
/// @param routes where to register what the component answers, in its constructor
/// @param meters where its one `XMetrics` class registers its meters
/// @param clock wall clock; timers use it through their own schedulers
/// @param dataDir `storage.data_dir`; a component uses the folder of its own name below it
public record ComponentContext(
    HttpRoutes routes, MeterRegistry meters, Clock clock, Path dataDir) {}
