/// LogQL over recent and historic logs: heads and blocks read as one, the engine on its pool,
/// several tenants read as one, followed queries.
package io.foursight.querier.logs;
