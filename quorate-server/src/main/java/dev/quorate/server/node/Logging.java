package dev.quorate.server.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** The log of a process: lines on standard error. Set up in code, which starts faster than a file is found and read. */
public final class Logging {
    /** Held, because the logging of the JDK forgets levels of loggers that nobody holds. */
    private static final java.util.logging.Logger GRPC = java.util.logging.Logger.getLogger("io.grpc");

    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0} %msg%n";

    /** How a line is written. */
    public enum Format {
        /** For people. */
        text,
        /** An object on each line, for programs that collect logs. */
        json
    }

    /** How much is logged. */
    public enum Verbosity {
        /** What needs somebody at once. */
        error,
        /** What needs a look. */
        warn,
        /** Elections, snapshots, recovery too. */
        info,
        /** Everything. */
        debug
    }

    private Logging() {}

    private static Encoder<ILoggingEvent> lines(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(LINE);
        return encoder;
    }

    /** Sends no line anywhere. */
    public static void toNowhere() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    /** Sends the lines of at least this importance to standard error, and nothing to anywhere else. */
    public static void toStandardError(Verbosity verbosity, Format format) {
        // What gRPC calls a warning is a client that sent too much or went away.
        GRPC.setLevel(java.util.logging.Level.SEVERE);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> encoder = format == Format.json ? new JsonLines() : lines(context);
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(
                switch (verbosity) {
                    case error -> Level.ERROR;
                    case warn -> Level.WARN;
                    case info -> Level.INFO;
                    case debug -> Level.DEBUG;
                });
        if (verbosity == Verbosity.debug) {
            // The frames of HTTP/2 would drown everything else.
            context.getLogger("io.grpc").setLevel(Level.INFO);
        }
    }
}
