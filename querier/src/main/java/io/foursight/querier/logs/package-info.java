/// Logs of heads and blocks read as one.
package io.foursight.querier.logs;
