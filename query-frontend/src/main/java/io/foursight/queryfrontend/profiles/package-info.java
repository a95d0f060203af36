/// The query-frontend for profiles: Pyroscope's query API, over Connect, gRPC and its older paths.
package io.foursight.queryfrontend.profiles;
