/// The vocabulary that every other module speaks: signals, tenants, labels, matchers, time, errors
/// and (per signal, in the sub-packages) column batches and the ports between components. JDK only.
package io.foursight.model;
