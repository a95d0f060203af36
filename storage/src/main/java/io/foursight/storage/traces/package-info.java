/// What we keep of traces. The block format of each version lies in a package of its own.
package io.foursight.storage.traces;
