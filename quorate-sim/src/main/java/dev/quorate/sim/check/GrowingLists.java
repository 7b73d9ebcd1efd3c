package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds elements that were lost from a list that only grows, or that stand in it twice. */
final class GrowingLists {
    private final Evidence evidence;
    private final int key;
    private final String name;
    private final Pattern separator;
    /** The elements of each value of the key. */
    private final Map<Integer, List<String>> parsed = new HashMap<>();

    /** An operation that left or showed a value of the list. */
    private record Version(int move, int value) {}

    GrowingLists(Evidence evidence, Promise.GrowingList promise, int key) {
        this.evidence = evidence;
        this.key = key;
        this.name = Wording.value(promise.key());
        this.separator = Pattern.compile(Pattern.quote(promise.separator()));
    }

    List<Finding> find(List<Promises.Sight> sights) {
        List<Version> shown = new ArrayList<>();
        for (Promises.Sight sight : sights) {
            Integer value = sight.values().get(key);
            if (value != null) {
                shown.add(new Version(sight.move(), value));
            }
        }
        List<Version> known = new ArrayList<>(shown);
        for (int i = 0; i < evidence.moves().size(); i++) {
            Integer left = evidence.isSure(i)
                    ? Demand.lastWrites(evidence.move(i).acts()).get(key)
                    : null;
            if (left != null) {
                known.add(new Version(i, left));
            }
        }
        List<Finding> findings = new ArrayList<>(findTwice(known));
        findings.addAll(findLost(known, shown));
        return findings;
    }

    private List<Finding> findTwice(List<Version> versions) {
        List<Finding> findings = new ArrayList<>();
        for (Version version : versions) {
            if (!parsed.containsKey(version.value())) {
                Set<String> met = new HashSet<>();
                for (String element : elements(version.value())) {
                    if (!met.add(element)) {
                        String message = evidence.name(version.move()) + " left or saw the list " + name + " with "
                                + Wording.value(element) + " in it twice";
                        findings.add(evidence.finding(Fault.ELEMENT_TWICE, message, version.move()));
                    }
                }
            }
        }
        return findings;
    }

    /** Whatever was in the list when an operation ended must be in every one that is called later. */
    private List<Finding> findLost(List<Version> known, List<Version> shown) {
        List<Finding> findings = new ArrayList<>();
        known.sort(Comparator.comparingLong(
                version -> evidence.move(version.move()).latest()));
        shown.sort(Comparator.comparingLong(
                version -> evidence.move(version.move()).earliest()));
        Map<String, Integer> since = new HashMap<>();
        int next = 0;
        for (Version version : shown) {
            long time = evidence.move(version.move()).earliest();
            while (next < known.size() && evidence.move(known.get(next).move()).latest() < time) {
                int move = known.get(next).move();
                elements(known.get(next).value()).forEach(element -> since.putIfAbsent(element, move));
                next++;
            }
            Set<String> here = new HashSet<>(elements(version.value()));
            since.entrySet().stream()
                    .filter(element -> !here.contains(element.getKey()))
                    .min(Map.Entry.comparingByKey())
                    .ifPresent(element -> {
                        String message = evidence.name(version.move()) + " saw the list " + name + " without "
                                + Wording.value(element.getKey()) + ", which " + evidence.name(element.getValue())
                                + " had put or seen there before";
                        findings.add(evidence.finding(Fault.ELEMENT_LOST, message, element.getValue(), version.move()));
                    });
        }
        return findings;
    }

    private List<String> elements(int value) {
        return parsed.computeIfAbsent(value, number -> {
            String text = evidence.vocabulary().valueName(number);
            return text.isEmpty() ? List.of() : Arrays.asList(separator.split(text, -1));
        });
    }
}
