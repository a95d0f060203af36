/// The selectors of profile queries: a profile type and label matchers, nothing else. There is
/// nothing to plan or to evaluate: Sources take both as they are.
///
/// ```
/// selector = [ type ] [ "{" [ matcher { "," matcher } [ "," ] ] "}" ]
/// type     = name ":" sample type ":" sample unit ":" period type ":" period unit [ ":delta" ]
/// matcher  = label ( "=" | "!=" | "=~" | "!~" ) string
/// ```
///
/// as [Pyroscope](https://grafana.com/docs/pyroscope/latest/) takes them; a label may be quoted,
/// and a word before the braces that is no type is the value of `__name__`.
package io.foursight.querylanguages.profileql;
