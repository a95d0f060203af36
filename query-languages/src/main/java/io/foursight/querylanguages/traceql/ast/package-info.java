/// What TraceQL is made of: records without positions. Trees may be thousands of levels deep (a
/// chain of `||`), see [io.foursight.querylanguages.traceql.ast.Query#depth()].
package io.foursight.querylanguages.traceql.ast;
