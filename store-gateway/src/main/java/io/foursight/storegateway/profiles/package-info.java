/// Historic reads of profiles.
package io.foursight.storegateway.profiles;
