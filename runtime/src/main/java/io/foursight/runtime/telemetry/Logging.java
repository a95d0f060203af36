package io.foursight.runtime.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// One line per event on standard error: time (UTC), level, class, message with key=value pairs.
/// Libraries speak from `WARN` up only, unless the level is `DEBUG`.
public final class Logging {
  private static final String OURS = "io.foursight";

  private Logging() {}

  public static void configure(LogLevel level) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(
        "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %logger{0}: %replace(%msg){'[\\r\\n]+', ' "
            + "'}%n");
    encoder.start();
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
    level(level);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  public static void level(LogLevel level) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .setLevel(level == LogLevel.DEBUG ? Level.INFO : Level.WARN);
    context.getLogger(OURS).setLevel(Level.toLevel(level.name()));
  }

  public static LogLevel level() {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    String level = context.getLogger(OURS).getEffectiveLevel().toString();
    return level.equals("TRACE") || level.equals("ALL")
        ? LogLevel.DEBUG
        : LogLevel.valueOf(level.toUpperCase(Locale.ROOT));
  }
}
