package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * Stores a value under a key.
 *
 * @param leaseId the lease to hang the key on; 0 takes it off any lease
 * @param prevPair whether the answer tells what was there before
 * @param ignoreValue keeps the present value, which must exist; {@code value} must be empty then
 * @param ignoreLease keeps the present lease of the key, which must exist; {@code leaseId} must be 0 then
 */
public record PutRequest(
        Bytes key, Bytes value, long leaseId, boolean prevPair, boolean ignoreValue, boolean ignoreLease)
        implements KvOp {

    /** A plain put without a lease. */
    public static PutRequest of(Bytes key, Bytes value) {
        return new PutRequest(key, value, 0, false, false, false);
    }

    /** The same, answering what was there before. */
    public PutRequest withPrevPair() {
        return new PutRequest(key, value, leaseId, true, ignoreValue, ignoreLease);
    }

    @Override
    public <R> R acceptOp(KvOp.Visitor<R> visitor) {
        return visitor.put(this);
    }
}
