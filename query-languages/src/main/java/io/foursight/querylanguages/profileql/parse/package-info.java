/// From text to [io.foursight.querylanguages.profileql.ast.ProfileSelector].
package io.foursight.querylanguages.profileql.parse;
