package darkroom.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each of several processes that share the folders keeps what it alone works on: the first one in the folder itself, the
 * others in {@code .instances/2}, {@code .instances/3} … below it.
 */
public final class Instances {
    /** The number of a process that is alone. */
    public static final int FIRST = 1;

    /** As many may share the folders. */
    public static final int MOST = 999;

    private static final String FOLDER = ".instances";

    private Instances() {}

    /**
     * What an instance has of a folder; creates nothing.
     *
     * @param root the folder
     * @param number from {@link #FIRST} to {@link #MOST}
     */
    public static Path folder(Path root, int number) {
        return number == FIRST ? root : root.resolve(FOLDER).resolve(Integer.toString(number));
    }

    /** The numbers of those that ever had a part of a folder, {@link #FIRST} always among them; in no particular order. */
    public static List<Integer> of(Path root) throws IOException {
        List<Integer> numbers = new ArrayList<>(List.of(FIRST));
        Path others = root.resolve(FOLDER);
        if (!Files.exists(others)) {
            return numbers;
        }
        for (Path folder : Disk.list(others)) {
            String name = folder.getFileName().toString();
            if (name.matches("[1-9][0-9]{0,2}") && !name.equals(Integer.toString(FIRST))) {
                numbers.add(Integer.valueOf(name));
            }
        }
        return numbers;
    }
}
