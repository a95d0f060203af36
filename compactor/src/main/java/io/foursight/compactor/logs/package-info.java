/// Merging blocks of logs, their retention by stream and by bytes, and delete requests.
package io.foursight.compactor.logs;
