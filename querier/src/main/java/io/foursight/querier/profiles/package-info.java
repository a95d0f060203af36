/// Profiles as the querier reads them: recent and historic profiles as one, several tenants as one,
/// and series, heatmaps and sums over that.
package io.foursight.querier.profiles;
