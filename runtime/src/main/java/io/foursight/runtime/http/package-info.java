/// The HTTP doors as components see them: routes, calls and replies, without the server library.
package io.foursight.runtime.http;
