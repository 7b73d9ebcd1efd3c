package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.server.console.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine.Command;

final class MainTest {
    @Test
    void versionNamesTheProgram() {
        CommandRun run = CommandRun.of("--version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("quorate ").hasLineCount(1);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void helpShowsTheOptionsAndCommands() {
        CommandRun run = CommandRun.of("--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: quorate", "--version", "put", "snapshot", "import");
        assertThat(run.out()).doesNotContain("warm-up");
    }

    @ParameterizedTest
    @FieldSource("dev.quorate.server.Main#COMMANDS")
    void everyCommandHasHelp(String command) {
        CommandRun run = CommandRun.of(command, "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: quorate " + command);
    }

    /** The others are not made: to make all takes longer than to start a server. */
    @ParameterizedTest
    @FieldSource("dev.quorate.server.Main#COMMANDS")
    void aCommandThatIsNamedIsTheOnlyOneThatIsMade(String command) {
        assertThat(Main.commandLine(Terminal.ofProcess(), command, "--help").getSubcommands())
                .containsOnlyKeys(command);
    }

    @Test
    void allCommandsAreMadeWhenNoneIsNamed() {
        assertThat(Main.commandLine(Terminal.ofProcess(), "--help")
                        .getSubcommands()
                        .keySet())
                .containsExactlyElementsOf(Main.COMMANDS);
    }

    @Test
    void anUnknownFlagIsOneLineAndExitCodeTwo() {
        CommandRun run = CommandRun.of("--frobnicate");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("--frobnicate").contains("quorate --help");
        assertThat(run.err()).doesNotContain("did you mean");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void noCommandIsOneLineAndExitCodeTwo() {
        CommandRun run = CommandRun.of();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("Missing command");
    }

    @Test
    void aCommandThatFailsIsOneLineAndExitCodeOne() {
        CommandRun run = CommandRun.withCommand(new Failing(), "failing");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("quorate failing: the disk is full\n");
    }

    /** Each is refused before anything is sent, so no server is needed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    put                                            | KEY
                    put k v w                                      | w
                    put k v --ignore-value                         | --ignore-value
                    get                                            | KEY
                    get k --frobnicate                             | --frobnicate
                    get k --prefix --from-key                      | --prefix and --from-key
                    get k l --prefix                               | --prefix
                    get k --limit x                                | --limit
                    get k --limit -1                               | --limit
                    get k --order upwards                          | upwards
                    get k --sort-by colour                         | colour
                    get k --consistency x                          | 'x'
                    get k --keys-only --print-value-only           | --keys-only
                    get k -w yaml                                  | yaml
                    get k --endpoints nowhere                      | 'nowhere' is not an address
                    get k --endpoints http://127.0.0.1:99999       | is not an address
                    get k --endpoints http://127.0.0.1:1/path      | is not an address
                    get k --command-timeout 5                      | '5' is not a time span
                    del                                            | KEY
                    snapshot                                       | Missing command
                    snapshot save                                  | FILE
                    import                                         | FILE
                    import f --in-flight 0                         | --in-flight
                    import f --format xml                          | xml
                    export f --format xml                          | xml
                    check                                          | HISTORY
                    check nowhere.ndjson                           | there is no file nowhere.ndjson
                    check h --limit 0                              | limits
                    frobnicate                                     | frobnicate
                    """)
    void badUseIsOneLineAndExitCodeTwo(String arguments, String named) {
        CommandRun run = CommandRun.of(arguments.split(" +"));
        assertThat(run.err()).hasLineCount(1).startsWith("quorate").contains(named);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    get k --endpionts 127.0.0.1:1 | '--endpionts'; did you mean '--endpoints'? (see quorate get --help)
                    get k --limt=3                | did you mean '--limit'?
                    get k -prefix                 | did you mean '--prefix'?
                    server --data-dri d           | did you mean '--data-dir'?
                    server --data-dri=d           | did you mean '--data-dir'?
                    sever --data-dir d            | did you mean 'server'?
                    snapshot sav f                | did you mean 'save'?
                    """)
    void aSlipIsAnsweredWithTheNameThatIsNearest(String arguments, String suggested) {
        CommandRun run = CommandRun.of(arguments.split(" +"));
        assertThat(run.err()).hasLineCount(1).contains(suggested);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void aTransactionThatCannotBeReadIsOneLineAndExitCodeTwo() {
        CommandRun run = CommandRun.withInput("value(k) ~ 3\n\n", "txn");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("line 1", "a comparison reads");
    }

    @Test
    void aServerThatIsNotThereIsOneLineAndExitCodeOne() {
        // Port 1 is reserved and nothing listens there.
        CommandRun run = CommandRun.of("get", "k", "--endpoints", "127.0.0.1:1", "--dial-timeout", "60s");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("cannot reach 127.0.0.1:1", "refused");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void everyServerThatIsNotThereIsNamed() {
        CommandRun run = CommandRun.of("status", "--endpoints", "127.0.0.1:1,[::1]:1");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("127.0.0.1:1", "[::1]:1");
    }

    @Test
    void anImportOfNoFileIsOneLineAndExitCodeOne() {
        CommandRun run = CommandRun.of("import", "no-such-file.ndjson");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("quorate import: no-such-file.ndjson does not exist\n");
    }

    @Command(name = "failing")
    private static final class Failing implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("the disk is full\nsecond line");
        }
    }
}
