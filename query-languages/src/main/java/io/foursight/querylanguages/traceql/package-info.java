/// TraceQL as of Tempo 3.0: `ast`, `parse` (syntax and checks), `print`, `plan` (what is asked of
/// Sources), `eval`.
package io.foursight.querylanguages.traceql;
