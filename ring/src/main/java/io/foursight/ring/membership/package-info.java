/// What a process composes its rings from: the store that its configuration asks for, pages and
/// meters.
package io.foursight.ring.membership;
