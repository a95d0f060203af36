/// What a selector of profiles means.
package io.foursight.querylanguages.profileql.ast;
