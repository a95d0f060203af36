/// From [io.foursight.querylanguages.profileql.ast.ProfileSelector] to text.
package io.foursight.querylanguages.profileql.print;
