package dev.quorate.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every package says what it is for and is null-checked: one documented, null-marked package-info in each module. */
final class PackageInfos {
    private PackageInfos() {}

    /** Unlike a {@link Rule} this judges all sources together, because one of them speaks for its package. */
    static List<Violation> violations(List<Source> sources) {
        Map<String, Source> firstOfPackage = new TreeMap<>();
        Map<String, Source> infos = new TreeMap<>();
        for (Source source : sources) {
            String key = source.module() + " " + source.packageName();
            firstOfPackage.putIfAbsent(key, source);
            if (source.isPackageInfo()) {
                infos.put(key, source);
            }
        }
        List<Violation> violations = new ArrayList<>();
        firstOfPackage.forEach((key, first) -> {
            Source info = infos.get(key);
            if (info == null) {
                violations.add(first.violation(1, "package " + first.packageName() + " has no package-info"));
                return;
            }
            if (!Annotations.names(info.unit().getPackageAnnotations()).contains("NullMarked")) {
                violations.add(info.violation(1, "package " + info.packageName() + " is not @NullMarked"));
            }
            if (!info.text().stripLeading().startsWith("/**")) {
                violations.add(info.violation(1, "package " + info.packageName() + " does not say what it is for"));
            }
        });
        return List.copyOf(violations);
    }
}
