package darkroom.finish;

import darkroom.job.Operation;
import java.util.Optional;

/** What kind of picture it is, in the words of the IPTC's vocabulary of digital sources. */
public enum SourceType {
    /** Made from text by a trained model. */
    GENERATED("trainedAlgorithmicMedia"),
    /** Made by a trained model from another picture. */
    COMPOSITE("compositeWithTrainedAlgorithmicMedia");

    private static final String VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/";

    private final String term;

    SourceType(String term) {
        this.term = term;
    }

    /** Its name in the vocabulary. */
    public String uri() {
        return VOCABULARY + term;
    }

    /** What an operation makes; empty if that depends on the picture it begins with. */
    public static Optional<SourceType> of(Operation operation) {
        return switch (operation) {
            case TXT2IMG -> Optional.of(GENERATED);
            case IMG2IMG -> Optional.of(COMPOSITE);
            default -> Optional.empty();
        };
    }
}
