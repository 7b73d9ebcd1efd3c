package dev.quorate.kv;

import java.util.List;

/**
 * The answer to a transaction.
 *
 * @param succeeded whether every condition held
 * @param responses the answers to the operations of the path that was taken, in order; the revision in each is the
 *     store revision as that operation saw it
 */
public record TxnResponse(long revision, boolean succeeded, List<KvResponse> responses) implements KvResponse {
    public TxnResponse {
        responses = List.copyOf(responses);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.txn(this);
    }
}
