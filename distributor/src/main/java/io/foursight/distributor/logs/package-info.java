/// The write door of logs: Loki's push and OTLP routes, validation and limits, discovery of service
/// names and levels, and the way to the [io.foursight.model.logs.LogsSink].
package io.foursight.distributor.logs;
