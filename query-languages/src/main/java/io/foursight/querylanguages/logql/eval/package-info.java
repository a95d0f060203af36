/// Evaluation of LogQL over [io.foursight.model.logs.LogsSource]: log queries by selecting the
/// first entries in a direction, metric queries series by series over all steps of a range at once.
package io.foursight.querylanguages.logql.eval;
