/// Tempo's read API, HTTP and gRPC, before the querier.
package io.foursight.queryfrontend.traces;
