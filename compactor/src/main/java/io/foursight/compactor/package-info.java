/// Keeps stored blocks few and as old as they may be: merges them level by level, deletes what is
/// past its retention or belongs to a deleted tenant, and removes what crashes left behind. What a
/// signal's merge is lies in its own package.
package io.foursight.compactor;
