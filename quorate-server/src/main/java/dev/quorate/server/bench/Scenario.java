package dev.quorate.server.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the clients ask for. */
enum Scenario {
    PUT("put"),
    RANGE_LINEARIZABLE("range-linearizable"),
    RANGE_SERIALIZABLE("range-serializable"),
    HOT_KEYS("hot-keys"),
    MIXED("mixed"),
    TXN("txn"),
    LARGE_VALUES("large-values");

    private static final int SMALL_VALUE = 256;
    private static final int LARGE_VALUE = 256 << 10;
    private static final int MANY_KEYS = 10_000;
    private static final int FEW_KEYS = 100;
    private static final int HOT_KEYS_DEFAULT = 10;
    private static final long LARGE_TOTAL = 1_000;
    private static final Duration TIME = Duration.ofSeconds(10);

    private final String label;

    /** What one call does. */
    record Step(Kind kind, int key) {}

    Scenario(String label) {
        this.label = label;
    }

    /** The next call of a client. */
    Step next(Shape shape, SplittableRandom random) {
        Kind kind = switch (this) {
            case PUT, HOT_KEYS, LARGE_VALUES -> Kind.PUT;
            case RANGE_LINEARIZABLE -> Kind.RANGE;
            case RANGE_SERIALIZABLE -> Kind.SERIALIZABLE_RANGE;
            case MIXED -> random.nextInt(100) < shape.readPercent() ? Kind.RANGE : Kind.PUT;
            case TXN -> Kind.TXN;
        };
        // Nine of ten to the hot keys, where there are such.
        boolean hot = this == HOT_KEYS && random.nextInt(10) > 0;
        return new Step(kind, random.nextInt(hot ? shape.hotKeys() : shape.keys()));
    }

    /** Its name on the command line. */
    String label() {
        return label;
    }

    /** The calls that it makes. */
    List<Kind> kinds() {
        return switch (this) {
            case PUT, HOT_KEYS, LARGE_VALUES -> List.of(Kind.PUT);
            case RANGE_LINEARIZABLE -> List.of(Kind.RANGE);
            case RANGE_SERIALIZABLE -> List.of(Kind.SERIALIZABLE_RANGE);
            case MIXED -> List.of(Kind.RANGE, Kind.PUT);
            case TXN -> List.of(Kind.TXN);
        };
    }

    /** True when every key must be there, and its revision be known, before it begins. */
    boolean needsAllKeys() {
        return this == TXN || kinds().stream().anyMatch(kind -> !kind.writes());
    }

    /** True when something is written that can be looked for in the end. */
    boolean writes() {
        return kinds().stream().anyMatch(Kind::writes);
    }

    /** The bytes of a value, when nobody says. */
    int valueSizeByDefault() {
        return this == LARGE_VALUES ? LARGE_VALUE : SMALL_VALUE;
    }

    /** The number of keys, when nobody says. */
    int keysByDefault() {
        return this == LARGE_VALUES ? FEW_KEYS : MANY_KEYS;
    }

    /** How many of them are hot, when nobody says. */
    int hotKeysByDefault() {
        return HOT_KEYS_DEFAULT;
    }

    /** The number of calls, when nobody limits it: servers keep every version, and large ones fill them. */
    long totalByDefault() {
        return this == LARGE_VALUES ? LARGE_TOTAL : Long.MAX_VALUE;
    }

    /** How long it is measured, when nobody says. */
    Duration durationByDefault() {
        return TIME;
    }

    /** Reads a name of the command line. */
    static final class Converter implements ITypeConverter<Scenario> {
        @Override
        public Scenario convert(String text) {
            Optional<Scenario> named = Arrays.stream(values())
                    .filter(each -> each.label.equals(text))
                    .findFirst();
            return named.orElseThrow(() -> new TypeConversionException("there is no scenario '" + text + "': "
                    + Arrays.stream(values()).map(Scenario::label).collect(Collectors.joining(", "))));
        }
    }
}
