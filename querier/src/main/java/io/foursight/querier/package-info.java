/// The querier: joins the Sources of recent and historic data and runs the query engines over them.
package io.foursight.querier;
