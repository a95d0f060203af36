/// Stored profiles: each format version of blocks has a package of its own.
package io.foursight.storage.profiles;
