/// Settings of rings and of the stores behind them, with upstream's key names.
package io.foursight.ring.config;
