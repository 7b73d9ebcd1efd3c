package dev.quorate.grpc;

import dev.quorate.spi.PeerMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What came in as one gRPC message: the messages in it, and how much of it was skipped because it was not understood.
 * What is wrong with one frame harms no other; bytes that are no row of frames end the batch.
 */
final class IncomingBatch {
    private final List<PeerMessage> messages = new ArrayList<>();
    private int bytes;
    private int unknown;
    private int malformed;
    private long ping;
    private long pong;
    private String fault = "";

    private IncomingBatch() {}

    /** Reads all that the stream has, whose {@code available} is exact. Allocates no more than there are bytes. */
    static IncomingBatch read(InputStream in) throws IOException {
        IncomingBatch batch = new IncomingBatch();
        batch.bytes = in.available();
        byte[] header = new byte[Frame.HEADER_BYTES];
        while (in.available() > 0) {
            if (in.readNBytes(header, 0, header.length) < header.length) {
                batch.refuse("a frame header cut off");
                break;
            }
            int length = ByteBuffer.wrap(header).getInt(Frame.LENGTH_AT);
            if (length < 0 || length > in.available()) {
                batch.refuse("a frame of " + Integer.toUnsignedLong(length) + " bytes where " + in.available()
                        + " are left");
                break;
            }
            byte[] body = new byte[length];
            in.readNBytes(body, 0, length);
            batch.take(Byte.toUnsignedInt(header[0]), Byte.toUnsignedInt(header[1]), body);
        }
        return batch;
    }

    private void take(int version, int code, byte[] body) {
        FrameKind kind = FrameKind.ofCode(code);
        if (kind == null) {
            unknown++;
            return;
        }
        try {
            if (kind == FrameKind.PING) {
                ping = FrameDecoder.number(version, kind, body);
            } else if (kind == FrameKind.PONG) {
                pong = FrameDecoder.number(version, kind, body);
            } else {
                messages.add(FrameDecoder.decode(version, kind, body));
            }
        } catch (IllegalArgumentException e) {
            refuse(kind + ": " + e.getMessage());
        }
    }

    private void refuse(String reason) {
        malformed++;
        fault = reason;
    }

    /** The messages that were understood, in order. */
    List<PeerMessage> messages() {
        return messages;
    }

    /** The size of the batch. */
    int bytes() {
        return bytes;
    }

    /** How many frames were of kinds that this version does not know. */
    int unknown() {
        return unknown;
    }

    /** How many frames made no sense. */
    int malformed() {
        return malformed;
    }

    /** What was wrong with the last malformed frame; "" when there was none. */
    String fault() {
        return fault;
    }

    /** The number in the ping that was among the frames, 0 when there was none. */
    long ping() {
        return ping;
    }

    /** The number in the pong that was among the frames, 0 when there was none. */
    long pong() {
        return pong;
    }
}
