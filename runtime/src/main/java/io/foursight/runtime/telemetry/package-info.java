/// The program watching itself: logging configured in code, the meter registry, admin pages.
package io.foursight.runtime.telemetry;
