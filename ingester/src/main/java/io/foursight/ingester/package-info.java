/// The ingester: takes batches, makes them durable in the write-ahead log, answers reads about
/// recent data, and turns ranges into blocks. One shelf per signal; this package holds what they
/// share: settings, meters, lifecycle and admin routes.
package io.foursight.ingester;
