package dev.quorate.raft;

import java.util.TreeMap;

/** The changes of a membership as words: {@code replace 3 4 host:1}, {@code voters 1,2,5}. */
final class ChangeText {
    private ChangeText() {}

    static MembershipChange parse(String[] words, int from) {
        String name = words[from];
        if (name.equals("voters")) {
            TreeMap<NodeId, String> voters = new TreeMap<>();
            for (String id : words[from + 1].split(",", -1)) {
                voters.put(id(id), "");
            }
            return MembershipChange.voters(voters.keySet());
        }
        NodeId id = id(words[from + 1]);
        return switch (name) {
            case "add-learner" -> MembershipChange.addLearner(id, word(words, from + 2));
            case "add-voter" -> MembershipChange.addVoter(id, word(words, from + 2));
            case "promote" -> MembershipChange.promote(id);
            case "demote" -> MembershipChange.demote(id);
            case "remove" -> MembershipChange.remove(id);
            case "replace" -> MembershipChange.replace(id, id(words[from + 2]), word(words, from + 3));
            case "update-address" -> MembershipChange.updateAddress(id, word(words, from + 2));
            default -> throw new IllegalArgumentException("no change: " + name);
        };
    }

    private static NodeId id(String text) {
        return NodeId.of(Long.parseLong(text));
    }

    private static String word(String[] words, int place) {
        return words.length > place ? words[place] : "";
    }
}
