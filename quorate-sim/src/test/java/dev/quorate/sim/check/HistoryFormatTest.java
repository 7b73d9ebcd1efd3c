package dev.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file format: what is written is read again, and what is wrong is said with its line. */
final class HistoryFormatTest {
    private static final String HEADER = "{'format':'quorate-history','version':1}";
    private static final String CALL = "{'client':'a','invoked':1,'ended':2";
    private static final String PUT = "@,'op':'put','key':'x','value':'1','outcome':'ok'}";

    @TempDir
    Path directory;

    @Test
    void everythingThatCanBeWrittenIsReadAgain() throws IOException {
        History history = everyForm();
        Path file = directory.resolve("h.ndjson");
        HistoryWriter.write(file, history);
        assertThat(HistoryReader.read(file)).isEqualTo(history);
        assertThat(Files.readAllLines(file)).hasSize(history.operations().size() + 1);
    }

    @Test
    void aShortFormIsEnough() throws IOException {
        History history = read(
                HEADER,
                PUT,
                "{'client':'b','invoked':3,'op':'put','key':'x','value':'2','outcome':'unknown'}",
                "{'client':'c','invoked':4,'ended':5,'op':'get','key':'x','outcome':'ok','found':{'value':'1'}}");
        assertThat(history.rules()).isEqualTo(HistoryRules.PLAIN);
        assertThat(history.operations().get(1).ended()).isEqualTo(Operation.OPEN);
        assertThat(history.operations().get(2))
                .isEqualTo(Operation.answered(
                        "c", 4, 5, new Action.Get("x"), new Answer.Found(Optional.of(Seen.of("1")))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            @,'op':'put','key':'x','valu':'1','outcome':'ok'} | field value is missing
            @,'op':'get','key':'x','found':null,'outcome':'ok','revison':3} | field revison does not belong here
            {'client':'a','invoked':1.5,'ended':2,'op':'get','key':'x','found':null,'outcome':'ok'} \
            | field invoked is a whole number, not 1.5
            {'client':'a','invoked':9,'ended':2,'op':'get','key':'x','found':null,'outcome':'ok'} \
            | ended at 2, before the call at 9
            {'client':'a','invoked':1,'op':'get','key':'x','found':null,'outcome':'ok'} | field ended is missing
            @,'op':'get','key':'x','found':null,'outcome':'maybe'} | not maybe
            @,'op':'take','key':'x','outcome':'ok'} | operation take is not known here
            @,'op':'put','key':'x','value':'1','outcome':'ok','serializable':true} | only a read can be serializable
            @,'op':'put','key':'x','value':'1','value':'2','outcome':'ok'} | not JSON: Duplicate field 'value'
            @,'op':'txn','then':[],'outcome':'ok','succeeded':true,'answers':[{}]} \
            | field answers has 1 elements for 0 steps
            @,'op':'put','key':'x','value':'1','outcome':'ok','revision':0} | a revision is at least 1
            @,'op':'range','from':'b','to':'a','outcome':'ok','pairs':{}} | holds no key
            @,'op':'range','from':'a','to':'b','outcome':'ok','pairs':{'z':{'value':'1'}}} | the answer does not fit
            {'client':'a', | not JSON
            [1] | an object was expected, not [1]
            {} {} | not JSON
            `` | an empty line
            """)
    void anErrorNamesItsLine(String line, String problem) {
        assertThatThrownBy(() -> read(HEADER, PUT, line))
                .isInstanceOf(HistoryFormatException.class)
                .hasMessageStartingWith("line 3: ")
                .hasMessageContaining(problem);
    }

    @Test
    void aFileWithoutItsHeaderIsRefused() {
        assertThatThrownBy(() -> read(PUT)).hasMessageStartingWith("line 1: the header of a history");
        assertThatThrownBy(() -> read("{'format':'quorate-history','version':2}"))
                .hasMessage("line 1: version 2 is not known, only 1");
        assertThatThrownBy(() -> HistoryReader.read(new BufferedReader(new StringReader(""))))
                .hasMessage("line 1: the header is missing");
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = directory.resolve("binary.ndjson");
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertThatThrownBy(() -> HistoryReader.read(file))
                .isInstanceOf(HistoryFormatException.class)
                .hasMessageContaining("not UTF-8");
    }

    private static History read(String... lines) throws IOException {
        String text = String.join("\n", lines).replace("@", CALL).replace('\'', '"') + "\n";
        return HistoryReader.read(new BufferedReader(new StringReader(text)));
    }

    private static History everyForm() {
        Action.Get get = new Action.Get("a \"quoted\" key ✓");
        Action.Delete delete = new Action.Delete("k");
        Action.Range open = new Action.Range("", Optional.empty());
        Action.Put put = new Action.Put("k", "v\n");
        Answer.Listed listed = new Answer.Listed(new TreeMap<>(Map.of("k", Seen.of("v", 3), "l", Seen.of("w"))));
        Action.Txn txn = new Action.Txn(
                List.of(
                        new Condition.ValueIs("k", "v"),
                        new Condition.ValueIsNot("k", "w"),
                        new Condition.Exists("k"),
                        new Condition.Missing("l"),
                        new Condition.ModRevisionIs("k", 7)),
                List.of(put, get),
                List.of(delete, open));
        HistoryRules rules = new HistoryRules(
                        new TreeMap<>(Map.of("k", "0")),
                        SessionGuarantee.MONOTONIC_READS,
                        List.of(),
                        OptionalLong.of(4))
                .promising(
                        new Promise.BankTotal(Set.of("k", "l"), -5),
                        new Promise.GrowingList("list", ","),
                        new Promise.GrowingKeys("set/"));
        return new History(
                rules,
                List.of(
                        Operation.answered("c1", 0, 1, put, new Answer.Done()),
                        Operation.answered("c1", 1, 1, get, new Answer.Found(Optional.empty())),
                        Operation.answered("c1", 2, 3, get, new Answer.Found(Optional.of(Seen.of("x", 9)))),
                        Operation.answered("c1", 2, 3, delete, new Answer.Done()),
                        Operation.answered("c1", 2, 3, delete, new Answer.Removed(true)),
                        Operation.unknown("c1", 2, 3, delete),
                        Operation.unknown("c1", 2, Operation.OPEN, txn),
                        new Operation("c2", 4, 9, open, Outcome.answered(listed, 12), Consistency.SERIALIZABLE),
                        new Operation(
                                "c2",
                                4,
                                9,
                                new Action.CompareAndSet("k", Optional.empty(), "v"),
                                new Outcome.Failed(),
                                Consistency.LINEARIZABLE),
                        Operation.answered(
                                "c2",
                                4,
                                9,
                                new Action.CompareAndSet("k", Optional.of("u"), "v"),
                                new Answer.Swapped(false)),
                        Operation.answered(
                                "c3",
                                10,
                                20,
                                txn,
                                new Answer.Decided(
                                        true, List.of(new Answer.Done(), new Answer.Found(Optional.empty())))),
                        Operation.answered(
                                "c3",
                                10,
                                20,
                                txn,
                                new Answer.Decided(false, List.of(new Answer.Removed(false), listed)))));
    }
}
