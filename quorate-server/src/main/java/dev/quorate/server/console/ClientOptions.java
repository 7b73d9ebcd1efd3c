package dev.quorate.server.console;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of every command that speaks to a server. */
public final class ClientOptions {
    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:2379",
            converter = Converter.class,
            description = "Servers to try, in this order (default: ${DEFAULT-VALUE}).")
    private List<Endpoint> endpoints = List.of();

    @Option(
            names = "--dial-timeout",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = Durations.class,
            description = "How long to try to reach a server (default: ${DEFAULT-VALUE}).")
    private Duration dialTimeout = Duration.ZERO;

    @Option(
            names = "--command-timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Durations.class,
            description = "How long to wait for an answer (default: ${DEFAULT-VALUE}).")
    private Duration commandTimeout = Duration.ZERO;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Certificates of the authority that signs those of the servers, in PEM.")
    private @Nullable Path authority;

    @Option(names = "--cert", paramLabel = "FILE", description = "The certificate to show to servers, in PEM.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The key of that certificate, in PEM.")
    private @Nullable Path key;

    private ClientTls tls() {
        return new ClientTls(
                Optional.ofNullable(authority), Optional.ofNullable(certificate), Optional.ofNullable(key));
    }

    /** The servers, in the order to try them. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** How long to wait for an answer. */
    public Duration commandTimeout() {
        return commandTimeout;
    }

    /** A connection to the first server that can be reached. */
    public Connection connect() {
        return Connection.toAnyOf(endpoints, dialTimeout, commandTimeout, tls());
    }

    /** A connection to this server. */
    public Connection connectTo(Endpoint endpoint) {
        return Connection.toAnyOf(List.of(endpoint), dialTimeout, commandTimeout, tls());
    }

    /** A connection to each server, made when a call needs it. */
    public List<Connection> toEach() {
        ClientTls tls = tls();
        return endpoints.stream()
                .map(endpoint -> Connection.to(endpoint, commandTimeout, tls))
                .toList();
    }

    /**
     * Makes a call that writes, at the first server that takes it.
     *
     * @throws CommandFailedException in one line, saying whether the outcome is unknown
     */
    public <T> T calling(Function<Connection, T> calls) {
        return new Failover(endpoints, dialTimeout, commandTimeout, tls(), false).call(calls);
    }

    /** A client whose writes take effect once, for the servers and times of these options. */
    public SessionClient session() {
        return new SessionClient(endpoints, dialTimeout, commandTimeout, tls());
    }

    /**
     * Makes a call that changes nothing, at the first server that answers it.
     *
     * @throws CommandFailedException in one line, when none does
     */
    public <T> T reading(Function<Connection, T> calls) {
        return new Failover(endpoints, dialTimeout, commandTimeout, tls(), true).call(calls);
    }

    /** Reads an address of the command line. */
    public static final class Converter implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            try {
                return Endpoint.parse(text);
            } catch (IllegalArgumentException bad) {
                throw new TypeConversionException(bad.getMessage());
            }
        }
    }
}
