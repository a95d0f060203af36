/// From the text of a query to its checked tree; errors are worded as Loki words them and point at
/// a line and a column.
package io.foursight.querylanguages.logql.parse;
