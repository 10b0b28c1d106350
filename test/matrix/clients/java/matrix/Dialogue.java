package matrix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A deed a line on standard input, an answer a line on standard output; fields are parted by tabs. */
public final class Dialogue {
    private Dialogue() {}

    /** Until standard input ends. */
    public static void hold(Deeds deeds) throws IOException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        // What a library prints is no answer.
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) out.println(answer(deeds, line));
        // The SDK's threads would go on.
        System.exit(0);
    }

    private static String answer(Deeds deeds, String line) {
        try {
            List<String> results = perform(deeds, line.split("\t", -1));
            return Stream.concat(Stream.of("ok"), results.stream()).collect(Collectors.joining("\t"));
        } catch (Exception | LinkageError failure) {
            return "failed\t" + messagesOf(failure).replaceAll("\\s+", " ");
        }
    }

    private static List<String> perform(Deeds deeds, String[] said) throws Exception {
        switch (said[0]) {
            case "put" -> deeds.put(Path.of(said[1]), place(said, 2));
            case "putStream" -> {
                try (InputStream body = Files.newInputStream(Path.of(said[1]))) {
                    deeds.putStream(body, place(said, 2));
                }
            }
            case "putChecked" -> deeds.putChecked(Path.of(said[1]), place(said, 2), said[4]);
            case "get" -> deeds.get(place(said, 1), Path.of(said[3]));
            case "range" -> deeds.range(place(said, 1), number(said[3]), number(said[4]), Path.of(said[5]));
            case "size" -> {
                return List.of(Long.toString(deeds.size(place(said, 1))));
            }
            case "list" -> {
                return deeds.list(said[1], said[2]);
            }
            case "link" -> {
                return List.of(deeds.link(place(said, 1)));
            }
            case "copy" -> deeds.copy(place(said, 1), place(said, 3));
            case "remove" -> deeds.remove(place(said, 1));
            case "removeAll" -> deeds.removeAll(said[1], said[2]);
            default -> {
                return deeds.more(said);
            }
        }
        return List.of();
    }

    private static Place place(String[] said, int at) {
        return new Place(said[at], said[at + 1]);
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }

    /** Of the failure and its causes, each once. */
    private static String messagesOf(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .map(cause -> cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage())
                .distinct()
                .collect(Collectors.joining("; "));
    }
}
