/// Traces as the querier reads them: recent and historic spans as one, several tenants as one, and
/// TraceQL over that.
package io.foursight.querier.traces;
