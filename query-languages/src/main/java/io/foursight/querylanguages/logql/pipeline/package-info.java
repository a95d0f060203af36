/// The stages of a log query, executed on bytes.
/// [io.foursight.querylanguages.logql.pipeline.Pipeline] is compiled once per query and shared;
/// [io.foursight.querylanguages.logql.pipeline.PipelineRun] belongs to one thread and puts entry
/// after entry through the steps, without an object per entry or label.
package io.foursight.querylanguages.logql.pipeline;
