package dev.quorate.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The messages of the core as one line of text each, both ways: {@code append term=3 prev=2/5 entries=3x2 commit=5
 * round=1}.
 *
 * <p>The numbers of forwarded reads begin at random; they are written as {@code r1}, {@code r2} in the order in which
 * they were seen.
 */
final class MessageText implements Message.Visitor<String> {
    private final Map<Long, String> names = new TreeMap<>();
    private final Map<String, Long> numbers = new TreeMap<>();

    static LogId logId(String text) {
        String[] parts = text.split("/", 2);
        return new LogId(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    /** Runs behind {@code prevIndex} from a text like {@code 2x3,4x1}: three entries of term 2, one of term 4. */
    static List<TermRun> runs(long prevIndex, String text) {
        List<TermRun> runs = new ArrayList<>();
        long next = prevIndex + 1;
        for (String run : text.split(",", -1)) {
            String[] parts = run.split("x", 2);
            long count = Long.parseLong(parts[1]);
            runs.add(new TermRun(Long.parseLong(parts[0]), next, next + count - 1));
            next += count;
        }
        return runs;
    }

    Message parse(String text) {
        String[] words = text.trim().split("\\s+");
        Fields fields = new Fields(words);
        long term = fields.number("term");
        return switch (words[0]) {
            case "pre-vote-request" -> new Message.PreVoteRequest(term, logId(fields.text("last")));
            case "pre-vote-response" -> new Message.PreVoteResponse(term, fields.flag("granted"));
            case "vote-request" -> new Message.VoteRequest(term, logId(fields.text("last")), fields.flag("transfer"));
            case "vote-response" -> new Message.VoteResponse(term, fields.flag("granted"));
            case "append" -> {
                LogId prev = logId(fields.text("prev"));
                List<TermRun> entries = fields.has("entries") ? runs(prev.index(), fields.text("entries")) : List.of();
                yield new Message.AppendEntries(term, prev, entries, fields.number("commit"), fields.number("round"));
            }
            case "append-accepted" -> new Message.AppendAccepted(term, fields.number("match"), fields.number("round"));
            case "append-rejected" -> {
                Optional<LogId> conflict =
                        fields.has("conflict") ? Optional.of(logId(fields.text("conflict"))) : Optional.empty();
                yield new Message.AppendRejected(
                        term, fields.number("prev"), fields.number("last"), conflict, fields.number("round"));
            }
            case "heartbeat" -> new Message.Heartbeat(term, fields.number("commit"), fields.number("round"));
            case "heartbeat-response" ->
                new Message.HeartbeatResponse(term, fields.number("round"), (int) fields.number("priority", 10));
            case "read-index-request" -> new Message.ReadIndexRequest(term, number(fields.text("id")));
            case "read-index-response" -> {
                Optional<Long> index =
                        fields.has("index") ? Optional.of(fields.number("index")) : Optional.<Long>empty();
                yield new Message.ReadIndexResponse(term, number(fields.text("id")), index);
            }
            case "standing-request" -> new Message.StandingRequest(term, number(fields.text("id")));
            case "timeout-now" -> new Message.TimeoutNow(term);
            case "not-member" -> new Message.NotMember(term, fields.number("membership"));
            default -> throw new IllegalArgumentException("no message: " + text);
        };
    }

    String print(Message message) {
        return message.accept(this);
    }

    @Override
    public String preVoteRequest(Message.PreVoteRequest message) {
        return "pre-vote-request term=" + message.term() + " last=" + message.last();
    }

    @Override
    public String preVoteResponse(Message.PreVoteResponse message) {
        return "pre-vote-response term=" + message.term() + (message.granted() ? " granted" : " refused");
    }

    @Override
    public String voteRequest(Message.VoteRequest message) {
        return "vote-request term=" + message.term() + " last=" + message.last()
                + (message.transfer() ? " transfer" : "");
    }

    @Override
    public String voteResponse(Message.VoteResponse message) {
        return "vote-response term=" + message.term() + (message.granted() ? " granted" : " refused");
    }

    @Override
    public String appendEntries(Message.AppendEntries message) {
        StringBuilder text = new StringBuilder("append term=" + message.term() + " prev=" + message.prev());
        String separator = " entries=";
        for (TermRun run : message.entries()) {
            text.append(separator).append(run.term()).append('x').append(run.size());
            separator = ",";
        }
        return text + " commit=" + message.commitIndex() + " round=" + message.round();
    }

    @Override
    public String appendAccepted(Message.AppendAccepted message) {
        return "append-accepted term=" + message.term() + " match=" + message.matchIndex() + " round="
                + message.round();
    }

    @Override
    public String appendRejected(Message.AppendRejected message) {
        return "append-rejected term=" + message.term() + " prev=" + message.prevIndex() + " last="
                + message.lastIndex()
                + message.conflict().map(id -> " conflict=" + id).orElse("") + " round="
                + message.round();
    }

    @Override
    public String heartbeat(Message.Heartbeat message) {
        return "heartbeat term=" + message.term() + " commit=" + message.commitIndex() + " round=" + message.round();
    }

    @Override
    public String heartbeatResponse(Message.HeartbeatResponse message) {
        return "heartbeat-response term=" + message.term() + " round=" + message.round()
                + (message.priority() == 10 ? "" : " priority=" + message.priority());
    }

    @Override
    public String readIndexRequest(Message.ReadIndexRequest message) {
        return "read-index-request term=" + message.term() + " id=" + name(message.readId());
    }

    @Override
    public String readIndexResponse(Message.ReadIndexResponse message) {
        return "read-index-response term=" + message.term() + " id=" + message.readId()
                + message.readIndex().map(index -> " index=" + index).orElse(" unconfirmed");
    }

    @Override
    public String standingRequest(Message.StandingRequest message) {
        return "standing-request term=" + message.term() + " id=" + name(message.number());
    }

    @Override
    public String standingResponse(Message.StandingResponse message) {
        return "standing-response term=" + message.term() + " id=" + message.number() + " last=" + message.last()
                + " as-of="
                + message.membershipAt() + " voters=" + message.voters() + " "
                + EffectText.membership(message.membership());
    }

    @Override
    public String timeoutNow(Message.TimeoutNow message) {
        return "timeout-now term=" + message.term();
    }

    @Override
    public String notMember(Message.NotMember message) {
        return "not-member term=" + message.term() + " membership=" + message.membershipIndex();
    }

    private String name(long number) {
        String name = names.computeIfAbsent(number, unseen -> "r" + (names.size() + 1));
        numbers.put(name, number);
        return name;
    }

    private long number(String text) {
        Long number = numbers.get(text);
        return number != null ? number : Long.parseLong(text);
    }

    /** The words of a line: {@code name=value}, or a bare word. */
    static final class Fields {
        private final Map<String, String> values = new TreeMap<>();

        Fields(String... words) {
            for (String word : words) {
                int equals = word.indexOf('=');
                values.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
            }
        }

        boolean has(String name) {
            return values.containsKey(name);
        }

        boolean flag(String name) {
            return has(name);
        }

        String text(String name) {
            String value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException(name + " is missing in " + values);
            }
            return value;
        }

        String text(String name, String otherwise) {
            return has(name) ? text(name) : otherwise;
        }

        long number(String name) {
            return Long.parseLong(text(name));
        }

        long number(String name, long otherwise) {
            return has(name) ? number(name) : otherwise;
        }
    }
}
