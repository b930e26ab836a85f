package darkroom.promptfile;

import darkroom.job.After;
import darkroom.job.ContactSheet;
import darkroom.job.Convert;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.Sidecar;
import darkroom.job.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the fields of {@code job} about what is done after the pictures were made. */
final class AfterFields {
    static final String CONTACT_SHEET = "contact_sheet";
    private static final String CONVERT = "convert";
    private static final String SIDECAR = "sidecar";

    /** What they are called. */
    static final List<String> NAMES = List.of(CONVERT, SIDECAR, CONTACT_SHEET);

    private static final List<String> OF_CONVERT = List.of("format", "quality", "lossless", "keep");
    private static final List<String> OF_SHEET = List.of("columns", "width", "caption");
    private static final Pattern TOKEN = Pattern.compile("\\[([^\\[\\]]*)]");
    private static final int MOST_QUALITY = 100;

    private final PromptDocument document;
    private final List<Problem> problems;

    private AfterFields(PromptDocument document, List<Problem> problems) {
        this.document = document;
        this.problems = problems;
    }

    /**
     * What is done with each picture.
     *
     * @param job the field {@code job}
     * @param withoutConverter formats that nothing here writes
     * @param problems takes what is wrong
     */
    static After after(
            PromptDocument document,
            @Nullable Object job,
            Set<Convert.Format> withoutConverter,
            List<Problem> problems) {
        if (!(job instanceof Map<?, ?> fields)) {
            return After.USUAL;
        }
        AfterFields read = new AfterFields(document, problems);
        return new After(
                read.convert(fields.get(CONVERT), withoutConverter).orElse(null),
                read.sidecar(fields.get(SIDECAR)).orElse(null));
    }

    /** How the pictures of the job are shown together; null if nothing is said about it. */
    static @Nullable ContactSheet contactSheet(PromptDocument document, @Nullable Object job, List<Problem> problems) {
        Object asked = job instanceof Map<?, ?> fields ? fields.get(CONTACT_SHEET) : null;
        return asked == null ? null : new AfterFields(document, problems).sheet(asked);
    }

    private Optional<Convert> convert(@Nullable Object asked, Set<Convert.Format> withoutConverter) {
        if (asked == null) {
            return Optional.empty();
        }
        int before = problems.size();
        Convert convert;
        if (asked instanceof Map<?, ?> members) {
            convert = ofMembers(members);
        } else {
            convert = Convert.of(asked.toString()).orElse(Convert.NONE);
            if (!(asked instanceof String text) || Convert.of(text).isEmpty()) {
                String word = asked.toString().split(":", -1)[0];
                wrong(
                        ProblemCode.WRONG_TYPE,
                        CONVERT,
                        asked,
                        Convert.Format.of(word).isPresent()
                                ? "use a format with a quality from 1 to 100 or 'lossless' (webp, avif), and 'keep', such as"
                                        + " jpeg:90 or webp:lossless:keep"
                                : Suggestion.of(word, Convert.Format.words()));
            }
        }
        if (problems.size() == before && withoutConverter.contains(convert.format())) {
            problems.add(new Problem(
                    ProblemCode.CONVERTER_MISSING,
                    "nothing here writes " + convert.format().word(),
                    "have avifenc installed (Debian: libavif-bin) and darkroom.convert.avifenc say where it is; or use webp",
                    document.place("/job/" + CONVERT)));
        }
        return problems.size() == before ? Optional.of(convert) : Optional.empty();
    }

    private Convert ofMembers(Map<?, ?> members) {
        known(members, CONVERT, OF_CONVERT);
        Object word = members.get("format");
        Optional<Convert.Format> format = word instanceof String text ? Convert.Format.of(text) : Optional.empty();
        if (format.isEmpty()) {
            wrong(
                    ProblemCode.WRONG_TYPE,
                    CONVERT + "/format",
                    word,
                    word == null
                            ? "say which: " + String.join(", ", Convert.Format.words())
                            : Suggestion.of(word.toString(), Convert.Format.words()));
        }
        Integer quality = whole(members.get("quality"), CONVERT + "/quality", 1, MOST_QUALITY);
        boolean lossless = yes(members.get("lossless"), CONVERT + "/lossless");
        boolean keep = yes(members.get("keep"), CONVERT + "/keep");
        if (lossless && (quality != null || (format.isPresent() && !format.get().mayBeLossless()))) {
            wrong(
                    ProblemCode.OUT_OF_RANGE,
                    CONVERT + "/lossless",
                    true,
                    quality == null ? "only webp and avif can be" : "say 'quality' or 'lossless', not both");
        }
        return new Convert(format.orElse(Convert.Format.NONE), quality, lossless, keep);
    }

    private Optional<Sidecar> sidecar(@Nullable Object asked) {
        Optional<Sidecar> sidecar = asked instanceof String word ? Sidecar.of(word) : Optional.empty();
        if (asked != null && sidecar.isEmpty()) {
            wrong(ProblemCode.WRONG_TYPE, SIDECAR, asked, Suggestion.of(asked.toString(), Sidecar.words()));
        }
        return sidecar;
    }

    private ContactSheet sheet(Object asked) {
        if (asked instanceof Boolean yes) {
            return yes ? ContactSheet.USUAL : ContactSheet.NONE;
        }
        if (!(asked instanceof Map<?, ?> members)) {
            wrong(
                    ProblemCode.WRONG_TYPE,
                    CONTACT_SHEET,
                    asked,
                    "use true, or an object such as {\"columns\": 4, \"width\": 300}");
            return ContactSheet.NONE;
        }
        known(members, CONTACT_SHEET, OF_SHEET);
        ContactSheet usual = ContactSheet.USUAL;
        Integer columns = whole(members.get("columns"), CONTACT_SHEET + "/columns", 1, ContactSheet.MOST_COLUMNS);
        Integer width = whole(
                members.get("width"), CONTACT_SHEET + "/width", ContactSheet.LEAST_WIDTH, ContactSheet.MOST_WIDTH);
        ContactSheet sheet = new ContactSheet(
                columns == null ? usual.columns() : columns,
                width == null ? usual.width() : width,
                caption(members.get("caption")));
        if (!sheet.fits()) {
            wrong(
                    ProblemCode.OUT_OF_RANGE,
                    CONTACT_SHEET,
                    asked,
                    "use columns and a width that are " + ContactSheet.MOST_ACROSS + " pixels together at most");
        }
        return sheet;
    }

    private String caption(@Nullable Object asked) {
        if (asked == null) {
            return ContactSheet.USUAL.caption();
        }
        if (!(asked instanceof String text) || text.length() > ContactSheet.LONGEST_CAPTION) {
            wrong(
                    ProblemCode.WRONG_TYPE,
                    CONTACT_SHEET + "/caption",
                    asked,
                    "use a text of up to " + ContactSheet.LONGEST_CAPTION + " characters, such as \"[index] [seed]\"");
            return "";
        }
        Matcher tokens = TOKEN.matcher(text);
        while (tokens.find()) {
            if (!ContactSheet.TOKENS.contains(tokens.group(1))) {
                wrong(
                        ProblemCode.WRONG_TYPE,
                        CONTACT_SHEET + "/caption",
                        text,
                        "there is no [" + tokens.group(1) + "]; "
                                + Suggestion.of(tokens.group(1), ContactSheet.TOKENS));
            }
        }
        return text;
    }

    private @Nullable Integer whole(@Nullable Object asked, String field, int least, int most) {
        if (asked == null) {
            return null;
        }
        boolean number = asked instanceof Number value && value.doubleValue() == value.intValue();
        if (number && ((Number) asked).intValue() >= least && ((Number) asked).intValue() <= most) {
            return ((Number) asked).intValue();
        }
        wrong(
                number ? ProblemCode.OUT_OF_RANGE : ProblemCode.WRONG_TYPE,
                field,
                asked,
                "use a whole number from " + least + " to " + most);
        return null;
    }

    private boolean yes(@Nullable Object asked, String field) {
        if (asked != null && !(asked instanceof Boolean)) {
            wrong(ProblemCode.WRONG_TYPE, field, asked, "use true or false");
        }
        return Boolean.TRUE.equals(asked);
    }

    private void known(Map<?, ?> members, String field, List<String> names) {
        for (Object name : members.keySet()) {
            if (!names.contains(name)) {
                problems.add(new Problem(
                        ProblemCode.UNKNOWN_JOB_FIELD,
                        "'job." + field + "' has no field " + Shown.of(name),
                        Suggestion.of(String.valueOf(name), names),
                        document.nearestPlace("/job/" + field + "/" + name)));
            }
        }
    }

    private void wrong(ProblemCode code, String field, @Nullable Object value, String hint) {
        problems.add(new Problem(
                code,
                "'job." + field.replace('/', '.') + "' is " + (value == null ? "not there" : Shown.of(value)),
                hint,
                document.nearestPlace("/job/" + field)));
    }
}
