package dev.quorate.server.chaos;

import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What connects the members of a cluster, and can be made to fail for each pair of them and each direction. Members
 * have numbers from 1 to {@link #MEMBERS_MAX}; clients reach all of them whatever fails between them. One thread.
 */
interface Network extends AutoCloseable {
    /** The most members, those that come and go included. */
    int MEMBERS_MAX = 9;

    /** The port for peers, the same at each address. */
    int PEER_PORT = 2380;

    /** The port for clients, the same at each address. */
    int CLIENT_PORT = 2379;

    /** What it is called on the command line. */
    String name();

    /**
     * Connects one more member, before its process starts.
     *
     * @param directory where files for the member may be put
     */
    void connect(int member, Path directory) throws IOException;

    /** What stands before the command that starts the process of the member. */
    List<String> launcher(int member);

    /** Options for its JVM. */
    List<String> jvmOptions(int member);

    /** Where the member listens for its peers. */
    String peerListen(int member);

    /** Where its peers reach it. */
    String peerUrl(int member);

    /** Where it listens for clients, and they reach it. */
    Endpoint client(int member);

    /** From now on nothing that one member sends reaches the other. */
    void cut(int from, int to) throws IOException;

    /** Takes a cut back. */
    void mend(int from, int to) throws IOException;

    /** Whether {@link #shape} does anything. */
    boolean canShape();

    /** From now on what one member sends to the other is late, and some of it has to be sent again. */
    void shape(int from, int to, Shape shape) throws IOException;

    @Override
    void close();

    /**
     * How a direction carries.
     *
     * @param delayMillis how long everything takes
     * @param lossRate the share of packets that are lost on the way, and come by a retransmission
     */
    record Shape(int delayMillis, double lossRate) {
        /** At once, everything. */
        static final Shape NONE = new Shape(0, 0);
    }
}
