package io.foursight.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The one-sentence description of a configuration key, on the record component that holds it. The
/// key is the component's name in snake case, the flag the dotted path in kebab case; the default
/// is what the record's static `defaults()` returns. Used for `-help` and the reference page.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  String value();

  /// The value is never printed by `-print-config` or `/config`.
  boolean secret() default false;

  /// Spells the key where the snake case of the component's name is not it.
  String key() default "";
}
