package dev.quorate.server.chaos;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.ResponseOp;
import dev.quorate.etcd.wire.TxnRequest;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.server.console.Prefixes;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.Condition;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.check.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Asks what a history has words for by calls of the etcd API.
 *
 * @param kv where
 * @param serializable whether a read may be answered from the server's own state
 */
record WireCall(KVGrpc.KVBlockingStub kv, boolean serializable) implements Action.Visitor<Outcome> {
    private static final Conditions CONDITIONS = new Conditions();

    @Override
    public Outcome get(Action.Get action) {
        return listed(action, kv.range(ranged(action)));
    }

    @Override
    public Outcome range(Action.Range action) {
        return listed(action, kv.range(ranged(action)));
    }

    private static Outcome listed(Action action, RangeResponse response) {
        return Outcome.answered(answer(action, response), response.getHeader().getRevision());
    }

    @Override
    public Outcome put(Action.Put action) {
        PutResponse response = kv.put(putRequest(action));
        return Outcome.answered(new Answer.Done(), response.getHeader().getRevision());
    }

    @Override
    public Outcome delete(Action.Delete action) {
        DeleteRangeResponse response = kv.deleteRange(deleteRequest(action));
        return Outcome.answered(
                new Answer.Removed(response.getDeleted() > 0),
                response.getHeader().getRevision());
    }

    @Override
    public Outcome compareAndSet(Action.CompareAndSet action) {
        Compare condition =
                action.expected().map(value -> valueIs(action.key(), value)).orElseGet(() -> missing(action.key()));
        TxnResponse response = kv.txn(TxnRequest.newBuilder()
                .addCompare(condition)
                .addSuccess(request(new Action.Put(action.key(), action.value())))
                .build());
        return Outcome.answered(
                new Answer.Swapped(response.getSucceeded()),
                response.getHeader().getRevision());
    }

    @Override
    public Outcome txn(Action.Txn action) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        action.conditions().forEach(condition -> request.addCompare(condition.accept(CONDITIONS)));
        action.then().forEach(step -> request.addSuccess(request(step)));
        action.otherwise().forEach(step -> request.addFailure(request(step)));
        TxnResponse response = kv.txn(request.build());
        List<Action.Step> steps = action.branch(response.getSucceeded());
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            answers.add(answer(steps.get(i), response.getResponses(i)));
        }
        return Outcome.answered(
                new Answer.Decided(response.getSucceeded(), answers),
                response.getHeader().getRevision());
    }

    private RangeRequest ranged(Action action) {
        return rangeRequest(action).toBuilder().setSerializable(serializable).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static PutRequest putRequest(Action.Put action) {
        return PutRequest.newBuilder()
                .setKey(bytes(action.key()))
                .setValue(bytes(action.value()))
                .build();
    }

    private static DeleteRangeRequest deleteRequest(Action.Delete action) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(action.key())).build();
    }

    private static RangeRequest rangeRequest(Action action) {
        if (action instanceof Action.Range range) {
            return RangeRequest.newBuilder()
                    .setKey(bytes(range.from()))
                    .setRangeEnd(range.to().map(WireCall::bytes).orElse(Prefixes.ZERO))
                    .build();
        }
        return RangeRequest.newBuilder()
                .setKey(bytes(((Action.Get) action).key()))
                .build();
    }

    private static RequestOp request(Action.Step step) {
        RequestOp.Builder request = RequestOp.newBuilder();
        if (step instanceof Action.Put put) {
            return request.setRequestPut(putRequest(put)).build();
        } else if (step instanceof Action.Delete delete) {
            return request.setRequestDeleteRange(deleteRequest(delete)).build();
        }
        return request.setRequestRange(rangeRequest(step)).build();
    }

    private static Answer answer(Action.Step step, ResponseOp response) {
        if (step instanceof Action.Put) {
            return new Answer.Done();
        } else if (step instanceof Action.Delete) {
            return new Answer.Removed(response.getResponseDeleteRange().getDeleted() > 0);
        }
        return answer(step, response.getResponseRange());
    }

    private static Answer answer(Action action, RangeResponse response) {
        if (action instanceof Action.Get) {
            return new Answer.Found(response.getKvsList().stream().findFirst().map(WireCall::seen));
        }
        SortedMap<String, Seen> pairs = new TreeMap<>();
        for (KeyValue pair : response.getKvsList()) {
            pairs.put(pair.getKey().toStringUtf8(), seen(pair));
        }
        return new Answer.Listed(pairs);
    }

    private static Seen seen(KeyValue pair) {
        return Seen.of(pair.getValue().toStringUtf8(), pair.getModRevision());
    }

    private static Compare valueIs(String key, String value) {
        return compare(key, Compare.CompareTarget.VALUE, Compare.CompareResult.EQUAL)
                .setValue(bytes(value))
                .build();
    }

    private static Compare missing(String key) {
        return compare(key, Compare.CompareTarget.CREATE, Compare.CompareResult.EQUAL)
                .setCreateRevision(0)
                .build();
    }

    private static Compare.Builder compare(String key, Compare.CompareTarget target, Compare.CompareResult result) {
        return Compare.newBuilder().setKey(bytes(key)).setTarget(target).setResult(result);
    }

    /** Conditions, in the words of etcd. */
    private static final class Conditions implements Condition.Visitor<Compare> {
        @Override
        public Compare valueIs(Condition.ValueIs condition) {
            return WireCall.valueIs(condition.key(), condition.value());
        }

        @Override
        public Compare valueIsNot(Condition.ValueIsNot condition) {
            return compare(condition.key(), Compare.CompareTarget.VALUE, Compare.CompareResult.NOT_EQUAL)
                    .setValue(bytes(condition.value()))
                    .build();
        }

        @Override
        public Compare exists(Condition.Exists condition) {
            return compare(condition.key(), Compare.CompareTarget.CREATE, Compare.CompareResult.GREATER)
                    .setCreateRevision(0)
                    .build();
        }

        @Override
        public Compare missing(Condition.Missing condition) {
            return WireCall.missing(condition.key());
        }

        @Override
        public Compare modRevisionIs(Condition.ModRevisionIs condition) {
            return compare(condition.key(), Compare.CompareTarget.MOD, Compare.CompareResult.EQUAL)
                    .setModRevision(condition.revision())
                    .build();
        }
    }
}
