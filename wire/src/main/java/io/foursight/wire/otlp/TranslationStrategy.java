package io.foursight.wire.otlp;

/// How OTLP metric and label names become Prometheus names.
public enum TranslationStrategy {
  /// Not chosen: one of the two underscore strategies, by the suffixes option.
  DEFAULT(true, false),
  /// Characters outside `[A-Za-z0-9:_]` become underscores; unit and type suffixes are added.
  UNDERSCORE_ESCAPING_WITH_SUFFIXES(true, true),
  /// As above without suffixes.
  UNDERSCORE_ESCAPING_WITHOUT_SUFFIXES(true, false),
  /// Names stay as they are; suffixes are added.
  NO_UTF8_ESCAPING_WITH_SUFFIXES(false, true),
  /// Names stay as they are.
  NO_TRANSLATION(false, false);

  private final boolean escapes;
  private final boolean suffixes;

  TranslationStrategy(boolean escapes, boolean suffixes) {
    this.escapes = escapes;
    this.suffixes = suffixes;
  }

  public boolean escapes() {
    return escapes;
  }

  public boolean suffixes() {
    return suffixes;
  }

  /// Resolves [#DEFAULT].
  public TranslationStrategy orDefault(boolean suffixesEnabled) {
    if (this != DEFAULT) {
      return this;
    }
    return suffixesEnabled
        ? UNDERSCORE_ESCAPING_WITH_SUFFIXES
        : UNDERSCORE_ESCAPING_WITHOUT_SUFFIXES;
  }
}
