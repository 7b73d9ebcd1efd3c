package dev.quorate.server.client;

import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.SessionClient;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** How a command that writes deals with an answer that does not come. */
final class WriteOptions {
    @Option(
            names = "--once",
            description = {
                "Write in a session, so that the write is sent again until its answer is known, and takes effect once.",
                "It takes two writes more: one that opens the session, and one that closes it."
            })
    private boolean once;

    /** Makes a write in a session or without one. */
    <T> T make(ClientOptions client, Function<Connection, T> plain, Function<SessionClient, T> inSession) {
        if (!once) {
            return client.calling(plain);
        }
        try (SessionClient session = client.session()) {
            return inSession.apply(session);
        }
    }
}
