package dev.quorate.server.client;

import dev.quorate.etcd.wire.DeleteRangeResponse;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.ResponseOp;
import dev.quorate.etcd.wire.TxnResponse;
import dev.quorate.server.console.Terminal;
import java.util.List;

/** Answers of the key service as lines: a key, then its value. */
final class Pairs {
    private Pairs() {}

    static void print(Terminal terminal, PutResponse answer) {
        terminal.line("OK");
        if (answer.hasPrevKv()) {
            print(terminal, List.of(answer.getPrevKv()));
        }
    }

    static void print(Terminal terminal, DeleteRangeResponse answer) {
        terminal.line(Long.toString(answer.getDeleted()));
        print(terminal, answer.getPrevKvsList());
    }

    static void print(Terminal terminal, RangeResponse answer) {
        print(terminal, answer.getKvsList());
    }

    static void print(Terminal terminal, TxnResponse answer) {
        terminal.line(answer.getSucceeded() ? "SUCCESS" : "FAILURE");
        for (ResponseOp response : answer.getResponsesList()) {
            terminal.line("");
            switch (response.getResponseCase()) {
                case RESPONSE_PUT -> print(terminal, response.getResponsePut());
                case RESPONSE_RANGE -> print(terminal, response.getResponseRange());
                case RESPONSE_DELETE_RANGE -> print(terminal, response.getResponseDeleteRange());
                case RESPONSE_TXN -> print(terminal, response.getResponseTxn());
                case RESPONSE_NOT_SET -> terminal.line("(an answer of an unknown kind)");
            }
        }
    }

    static void print(Terminal terminal, List<KeyValue> pairs) {
        for (KeyValue pair : pairs) {
            terminal.line(pair.getKey());
            terminal.line(pair.getValue());
        }
    }
}
