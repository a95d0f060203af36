package io.foursight.querylanguages.text.template;

/// A function that was called wrongly or failed; the interpreter adds where.
final class FunctionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FunctionException(String message) {
    super(message, null, false, false);
  }
}
