/// From tree back to text: one line, indented, or the JSON of `/api/v1/parse_query`.
package io.foursight.querylanguages.promql.print;
