package io.foursight.querylanguages.text.template;

/// A template that does not parse, or failed on some data. Worded like Go's: `template:
/// name:line:column: executing "name" at <what>: why`.
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TemplateException(String message) {
    super(message, null, false, false);
  }
}
