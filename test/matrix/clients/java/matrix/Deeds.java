package matrix;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** What the matrix asks of an SDK. Whatever goes wrong is thrown. */
public interface Deeds {
    /** Above it an object goes and comes by the SDK's transfer manager. */
    long LARGE = 8 << 20;

    void put(Path file, Place to) throws Exception;

    /** The end of the body is not known when it begins. */
    void putStream(InputStream body, Place to) throws Exception;

    default void putChecked(Path file, Place to, String checksum) throws Exception {
        throw new UnsupportedOperationException(checksum);
    }

    void get(Place from, Path file) throws Exception;

    /** Both ends belong to the range. */
    void range(Place from, long first, long last, Path file) throws Exception;

    long size(Place of) throws Exception;

    List<String> list(String bucket, String prefix) throws Exception;

    String link(Place to) throws Exception;

    void copy(Place from, Place to) throws Exception;

    void remove(Place at) throws Exception;

    void removeAll(String bucket, String prefix) throws Exception;

    /** A verb that not every SDK has, and its arguments. */
    default List<String> more(String[] said) throws Exception {
        throw new IllegalArgumentException("there is no " + said[0]);
    }
}
