package dev.quorate.grpc;

import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * One encoded message: a small head of its own, and large parts that it shares with the log and with the frames to
 * other peers. All numbers on the wire are big-endian; what gRPC carries as one message is a row of frames.
 *
 * <pre>
 *   gRPC message  │ frame │ frame │ …
 *   frame         │ version 1 │ kind 1 │ length 4 │ body: length bytes │            (sizes in bytes)
 *
 *   body of APPEND_ENTRIES, the others are lists of fields ({@link FrameEncoder}):
 *     term 8 │ prev: term 8, index 8 │ commitIndex 8 │ round 8
 *     │ runs: count 4, each: term 8, entries 4
 *     │ entries: count 4, each: kind 1, timeMillis 8, payload length 4
 *     │ payloads, one behind the other: the bytes that the proposer built and that lie in the log
 *   body of SNAPSHOT_CHUNK: fields │ data
 * </pre>
 *
 * <p>A later version may add fields at the end of a body. A reader ignores what a newer version added, and skips kinds
 * that it does not know.
 *
 * @param head the frame's header, and the body up to the payloads
 * @param payloads what follows the head
 * @param length the bytes of the whole frame
 */
record Frame(Bytes head, List<Bytes> payloads, int length) {
    /** The version of the frames that this code writes. */
    static final int VERSION = 1;

    static final int HEADER_BYTES = 6;
    static final int LENGTH_AT = 2;

    /** Writes the frame; the one copy of the payloads on their way to the socket. */
    void writeTo(OutputStream out) throws IOException {
        head.writeTo(out);
        for (int place = 0; place < payloads.size(); place++) {
            payloads.get(place).writeTo(out);
        }
    }
}
