package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodeOptionsTest {
    /** In a class loader of its own, because classes are initialised once, in the order in which they are touched. */
    @ParameterizedTest
    @ValueSource(strings = {"NodeOptions", "NodeOptions$Limits", "NodeOptions$Retention", "NodeOptions$Timeouts"})
    void eachRecordMayBeTheFirstThatIsTouched(String first) throws IOException, ClassNotFoundException {
        try (URLClassLoader fresh = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Class<?> touched = Class.forName("dev.quorate.engine." + first, true, fresh);
            assertThat(touched.getClassLoader()).isSameAs(fresh);
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> places = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(new File(place).toURI().toURL());
        }
        return places.toArray(URL[]::new);
    }
}
