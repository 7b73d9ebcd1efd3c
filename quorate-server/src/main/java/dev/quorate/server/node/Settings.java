package dev.quorate.server.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of the settings: what the command line says, else the environment, else the file, else the preset. A name
 * that nobody knows is an error; in the environment only when it looks like a slip, else worth a warning.
 */
final class Settings {
    private static final int FILE_BYTES_MAX = 1 << 20;
    /** A variable whose name differs by no more than so many letters is taken for a slip. */
    private static final int SLIP_MAX = 2;

    private static final String VARIABLES = "QUORATE_";

    private record Value(String text, String from) {}

    /**
     * Variables that the launcher takes or sets, and those of the tests, which the environment of a server may have.
     */
    private static final Set<String> VARIABLES_OF_OTHERS = Set.of(
            "QUORATE_BUILT",
            "QUORATE_JAVA_OPTS",
            "QUORATE_NO_BUILD",
            "QUORATE_ORACLE",
            "QUORATE_ORACLE_REQUESTS",
            "QUORATE_ORACLE_SEED",
            "QUORATE_SIM_SEEDS",
            "QUORATE_TERMINAL");

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private final List<String> unknownVariables;

    private Settings(List<String> unknownVariables) {
        this.unknownVariables = unknownVariables;
    }

    /**
     * Gathers the values.
     *
     * @param flags what the command line says
     * @param environment the variables of the process
     * @throws CommandFailedException in one line, naming the place and the name
     */
    static Settings of(Map<Setting, String> flags, Map<String, String> environment) {
        Settings settings = new Settings(unknown(environment));
        String file = flags.getOrDefault(Setting.CONFIG_FILE, environment.get(Setting.CONFIG_FILE.variable()));
        if (file != null) {
            settings.read(Path.of(file));
        }
        for (Setting setting : Setting.values()) {
            String variable = environment.get(setting.variable());
            if (variable != null) {
                settings.values.put(setting, new Value(variable, setting.variable()));
            }
            String flag = flags.get(setting);
            if (flag != null) {
                settings.values.put(setting, new Value(flag, setting.flag()));
            }
        }
        return settings;
    }

    /** The value; empty when none is given and there is no preset. */
    Optional<String> find(Setting setting) {
        Value value = values.get(setting);
        return value == null ? setting.preset() : Optional.of(value.text());
    }

    /** True when somebody gave a value. */
    boolean isGiven(Setting setting) {
        return values.containsKey(setting);
    }

    /** The value of a setting that must have one. */
    String get(Setting setting) {
        return find(setting)
                .orElseThrow(() -> CommandFailedException.usage(
                        "Missing required option: '" + setting.flag() + "=<" + setting.label() + ">'"));
    }

    /** The parts of a list; none when there is no value. */
    List<String> list(Setting setting) {
        return find(setting).map(text -> List.of(text.split(",", -1))).orElse(List.of());
    }

    /** A number within bounds. */
    long number(Setting setting, long least, long most) {
        String text = get(setting);
        try {
            long number = Long.parseLong(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw bad(setting, "'" + text + "' is not a number");
        }
        throw bad(setting, "'" + text + "' is not between " + least + " and " + most);
    }

    /** A yes or no. */
    boolean flag(Setting setting) {
        String text = get(setting).strip();
        if (!text.equals("true") && !text.equals("false")) {
            throw bad(setting, "'" + text + "' is neither true nor false");
        }
        return text.equals("true");
    }

    /** One of these words. */
    <E extends Enum<E>> E choice(Setting setting, E[] choices) {
        String text = get(setting).strip();
        for (E choice : choices) {
            if (choice.name().equals(text)) {
                return choice;
            }
        }
        throw bad(setting, "'" + text + "' is none of " + Arrays.toString(choices));
    }

    /** A value that does not do, with the place where it was given. */
    CommandFailedException bad(Setting setting, String why) {
        return CommandFailedException.usage("Invalid value for " + place(setting) + ": " + why);
    }

    /** The name of a setting at the place where it was given; that of the command line when it was not. */
    String place(Setting setting) {
        Value value = values.get(setting);
        return value == null ? setting.flag() : value.from();
    }

    /** The variables of the environment that look like settings and are none, in order. */
    List<String> unknownVariables() {
        return unknownVariables;
    }

    private void read(Path file) {
        JsonNode document;
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw CommandFailedException.usage(file + " is no file of settings: it has more than 1 MiB");
            }
            ObjectMapper yaml = new ObjectMapper(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build());
            document = yaml.readTree(file.toFile());
        } catch (JsonProcessingException malformed) {
            String place = malformed.getLocation() == null
                    ? ""
                    : ":" + malformed.getLocation().getLineNr();
            throw CommandFailedException.usage(file + place + ": " + malformed.getOriginalMessage());
        } catch (IOException unreadable) {
            throw CommandFailedException.usage("cannot read " + file + ": " + unreadable.getMessage());
        }
        if (document == null || document.isMissingNode() || document.isNull()) {
            return;
        }
        if (!document.isObject()) {
            throw CommandFailedException.usage(file + " is no list of settings, each with its name and a colon");
        }
        document.properties().forEach(field -> take(file, field.getKey(), field.getValue()));
    }

    private void take(Path file, String key, JsonNode node) {
        Setting setting = byKey(key);
        if (setting == null || setting == Setting.CONFIG_FILE) {
            throw CommandFailedException.usage(file + ": unknown key '" + key + "'" + suggestion(key));
        }
        values.put(setting, new Value(text(file, key, node), key + " in " + file));
    }

    private static String text(Path file, String key, JsonNode node) {
        if (node.isValueNode() && !node.isNull()) {
            return node.asText();
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : node) {
            if (!node.isArray() || !part.isValueNode() || part.isNull()) {
                break;
            }
            parts.add(part.asText());
        }
        if (parts.isEmpty() || parts.size() != node.size()) {
            throw CommandFailedException.usage(file + ": '" + key + "' must be a value or a list of values");
        }
        return String.join(",", parts);
    }

    private static @Nullable Setting byKey(String key) {
        for (Setting setting : Setting.values()) {
            if (setting.key().equals(key)) {
                return setting;
            }
        }
        return null;
    }

    private static String suggestion(String key) {
        return NearestName.to(
                        key, Arrays.stream(Setting.values()).map(Setting::key).toList(), key.length())
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("");
    }

    private static List<String> unknown(Map<String, String> environment) {
        List<String> known =
                Arrays.stream(Setting.values()).map(Setting::variable).toList();
        List<String> unknown = environment.keySet().stream()
                .filter(variable -> variable.startsWith(VARIABLES))
                .filter(variable -> !known.contains(variable) && !VARIABLES_OF_OTHERS.contains(variable))
                .sorted()
                .toList();
        for (String variable : unknown) {
            NearestName.to(variable, known, SLIP_MAX).ifPresent(nearest -> {
                throw CommandFailedException.usage("unknown variable " + variable + "; did you mean " + nearest + "?");
            });
        }
        return unknown;
    }
}
