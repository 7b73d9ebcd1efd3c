package dev.quorate.sim.workload;

import dev.quorate.kv.Compare;
import dev.quorate.kv.CompareResult;
import dev.quorate.kv.CompareTarget;
import dev.quorate.kv.DeleteRangeRequest;
import dev.quorate.kv.DeleteRangeResponse;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvOp;
import dev.quorate.kv.KvPair;
import dev.quorate.kv.KvResponse;
import dev.quorate.kv.PutRequest;
import dev.quorate.kv.RangeRequest;
import dev.quorate.kv.RangeResponse;
import dev.quorate.kv.TxnRequest;
import dev.quorate.kv.TxnResponse;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.Condition;
import dev.quorate.sim.check.Seen;
import dev.quorate.spi.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Between the words of a history and those of the store. */
final class Translation implements Action.Visitor<KvOp>, Condition.Visitor<Compare> {
    private static final Translation ONE = new Translation();

    private Translation() {}

    /** What to ask the store for an action. */
    static KvOp request(Action action) {
        return action.accept(ONE);
    }

    /** What the store's answer means for an action. */
    static Answer answer(Action action, KvResponse response) {
        if (action instanceof Action.Put) {
            return new Answer.Done();
        } else if (action instanceof Action.Delete) {
            return new Answer.Removed(((DeleteRangeResponse) response).deleted() > 0);
        } else if (action instanceof Action.Get) {
            Optional<KvPair> first = ((RangeResponse) response).first();
            return new Answer.Found(first.map(Translation::seen));
        } else if (action instanceof Action.Range) {
            SortedMap<String, Seen> pairs = new TreeMap<>();
            for (KvPair pair : ((RangeResponse) response).pairs()) {
                pairs.put(pair.key().toUtf8(), seen(pair));
            }
            return new Answer.Listed(pairs);
        } else if (action instanceof Action.CompareAndSet) {
            return new Answer.Swapped(((TxnResponse) response).succeeded());
        }
        TxnResponse txn = (TxnResponse) response;
        List<Action.Step> steps = ((Action.Txn) action).branch(txn.succeeded());
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            answers.add(answer(steps.get(i), txn.responses().get(i)));
        }
        return new Answer.Decided(txn.succeeded(), answers);
    }

    private static Seen seen(KvPair pair) {
        return Seen.of(pair.value().toUtf8(), pair.modRevision());
    }

    @Override
    public KvOp get(Action.Get action) {
        return RangeRequest.of(Bytes.utf8(action.key()));
    }

    @Override
    public KvOp put(Action.Put action) {
        return PutRequest.of(Bytes.utf8(action.key()), Bytes.utf8(action.value()));
    }

    @Override
    public KvOp delete(Action.Delete action) {
        return DeleteRangeRequest.of(Bytes.utf8(action.key()));
    }

    @Override
    public KvOp range(Action.Range action) {
        Bytes from = Bytes.utf8(action.from());
        KeyRange keys =
                action.to().map(to -> KeyRange.between(from, Bytes.utf8(to))).orElseGet(() -> KeyRange.from(from));
        return RangeRequest.of(keys);
    }

    @Override
    public KvOp compareAndSet(Action.CompareAndSet action) {
        Bytes key = Bytes.utf8(action.key());
        Compare condition = action.expected()
                .map(value -> Compare.value(key, CompareResult.EQUAL, Bytes.utf8(value)))
                .orElseGet(() -> Compare.missing(key));
        return TxnRequest.when(condition).then(PutRequest.of(key, Bytes.utf8(action.value())));
    }

    @Override
    public KvOp txn(Action.Txn action) {
        return new TxnRequest(
                action.conditions().stream()
                        .map(condition -> condition.accept(this))
                        .toList(),
                action.then().stream().map(Translation::request).toList(),
                action.otherwise().stream().map(Translation::request).toList());
    }

    @Override
    public Compare valueIs(Condition.ValueIs condition) {
        return Compare.value(Bytes.utf8(condition.key()), CompareResult.EQUAL, Bytes.utf8(condition.value()));
    }

    @Override
    public Compare valueIsNot(Condition.ValueIsNot condition) {
        return Compare.value(Bytes.utf8(condition.key()), CompareResult.NOT_EQUAL, Bytes.utf8(condition.value()));
    }

    @Override
    public Compare exists(Condition.Exists condition) {
        return Compare.exists(Bytes.utf8(condition.key()));
    }

    @Override
    public Compare missing(Condition.Missing condition) {
        return Compare.missing(Bytes.utf8(condition.key()));
    }

    @Override
    public Compare modRevisionIs(Condition.ModRevisionIs condition) {
        return Compare.of(Bytes.utf8(condition.key()), CompareTarget.MOD, CompareResult.EQUAL, condition.revision());
    }
}
