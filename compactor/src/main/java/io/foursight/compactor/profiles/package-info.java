/// Merging and retention of blocks of profiles.
package io.foursight.compactor.profiles;
