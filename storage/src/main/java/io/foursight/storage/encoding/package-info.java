/// Small codecs shared by block formats: variable-length integers, bit packing, checksums.
package io.foursight.storage.encoding;
