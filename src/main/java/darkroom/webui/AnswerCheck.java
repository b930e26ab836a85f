package darkroom.webui;

import darkroom.job.Operation;
import darkroom.job.Problem;
import darkroom.job.ProblemCode;
import darkroom.job.ProblemException;
import darkroom.job.Suggestion;
import darkroom.job.Task;
import darkroom.picture.Infotext;
import darkroom.picture.Picture;
import darkroom.picture.PictureException;
import darkroom.picture.PictureFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asked = got: holds an answer against its task. The WebUI answers 200 also when it put another sampler, scheduler or
 * checkpoint in the place of one that it does not know, made fewer pictures, or none.
 */
public final class AnswerCheck {
    /** Finds out which checkpoints a WebUI has; asked only if an answer leaves a doubt. */
    @FunctionalInterface
    public interface Checkpoints {
        List<Checkpoint> list() throws IOException;
    }

    private static final int LONGEST_HTML = 20_000;

    private final Map<Check, Check.Level> levels;
    private final Task task;
    private final Answer answer;
    private final Checkpoints checkpoints;
    private final Asked asked;
    private final List<Problem> refused = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> unverified = new ArrayList<>();

    private AnswerCheck(Map<Check, Check.Level> levels, Task task, Answer answer, Checkpoints checkpoints) {
        this.levels = levels;
        this.task = task;
        this.answer = answer;
        this.checkpoints = checkpoints;
        this.asked = new Asked(task);
    }

    /**
     * Checks an answer.
     *
     * @param levels what follows from which difference; for what is not named {@link Check#fallback}
     * @param checkpoints what this WebUI has
     */
    public static CheckedAnswer check(
            Map<Check, Check.Level> levels, Task task, Answer answer, Checkpoints checkpoints) {
        return new AnswerCheck(levels, task, answer, checkpoints).check();
    }

    private CheckedAnswer check() {
        return switch (task.operation()) {
            case TXT2IMG, IMG2IMG -> generated();
            case EXTRAS -> extras();
            case INTERROGATE, PNG_INFO -> text();
            case OPTIONS -> answered(List.of());
        };
    }

    private CheckedAnswer answered(List<CheckedAnswer.Made> made) {
        return new CheckedAnswer(made, refused, warnings, unverified);
    }

    private CheckedAnswer generated() {
        List<@Nullable Picture> looked = look();
        Members members = new Members(answer, asked, looked);
        List<CheckedAnswer.Made> pictures = pictures(members, looked);
        text(members);
        flat(pictures);
        count(members);
        size(pictures);
        seed(members);
        steps();
        sampler();
        scheduler();
        checkpoint();
        format(pictures);
        vae();
        extensions();
        return answered(pictures);
    }

    /** A WebUI saves in the format that a request overrides, and answers in that of its own options (capture 110). */
    private void format(List<CheckedAnswer.Made> pictures) {
        String wish = asked.overridden("samples_format").replace("jpeg", "jpg");
        Picture first = pictures.isEmpty() ? null : pictures.get(0).picture();
        if (!wish.isEmpty() && first != null && !first.format().extension().equals(wish)) {
            warnings.add("asked for samples_format '" + wish + "', got "
                    + first.format().extension()
                    + ": the WebUI sends pictures in the format of its own options; job.save \"mounted\" and \"download\""
                    + " take its files, which have the format");
        }
    }

    private CheckedAnswer extras() {
        List<@Nullable Picture> looked = look();
        List<CheckedAnswer.Made> made = new ArrayList<>();
        for (int i = 0; i < looked.size(); i++) {
            PictureFile file = answer.pictures().get(i);
            Picture picture = looked.get(i);
            if (file != null) {
                String infotext = picture == null ? null : picture.infotext(); // of the picture that it was made from
                made.add(new CheckedAnswer.Made(
                        file, picture, CheckedAnswer.Kind.PICTURE, i + 1, seedIn(infotext), infotext));
            }
        }
        if (made.isEmpty()) {
            empty();
        }
        flat(made);
        size(made);
        upscaler();
        return answered(made);
    }

    /** What it enlarged with stands in a line of HTML (captures 210 to 212). */
    private void upscaler() {
        String wish = asked.text("upscaler_1");
        String said = answer.text("html_info")
                .filter(html -> html.length() < LONGEST_HTML)
                .orElse("")
                .replaceAll("<[^<>]*>", "")
                .replace("&amp;", "&");
        if (!asked.namesUpscaler() || said.contains("Postprocess upscaler: " + wish)) {
            return;
        }
        if (said.contains("Postprocess upscaler: ")) {
            differs(
                    Check.UPSCALER,
                    "asked for upscaler '" + wish + "', the WebUI says '" + said + "'",
                    "its log says why");
        } else {
            unverified(Check.UPSCALER);
        }
    }

    /** A text file; the WebUI writes what went wrong into the caption itself, and answers 200. */
    private CheckedAnswer text() {
        String text = answer.text("caption").or(() -> answer.text("info")).orElse("");
        if (task.operation() == Operation.INTERROGATE && text.endsWith("<error>")) {
            refused.add(Problem.of(
                    ProblemCode.REFUSED_EMPTY,
                    "the WebUI failed while it described the picture",
                    "its log says why; the model that describes pictures is loaded when it is first needed"));
        }
        String infotext = task.operation() == Operation.PNG_INFO ? text : null;
        List<CheckedAnswer.Made> made = new ArrayList<>();
        for (PictureFile file : answer.pictures()) {
            if (file != null) {
                made.add(new CheckedAnswer.Made(
                        file, null, CheckedAnswer.Kind.TEXT, made.size() + 1, seedIn(infotext), infotext));
            }
        }
        return answered(made);
    }

    private static @Nullable BigInteger seedIn(@Nullable String infotext) {
        return infotext == null
                ? null
                : Infotext.value(infotext, "Seed")
                        .filter(seed -> seed.matches("\\d{1,20}"))
                        .map(BigInteger::new)
                        .orElse(null);
    }

    /** What each member of the answer is; null if it is no whole picture. */
    private List<@Nullable Picture> look() {
        List<@Nullable Picture> looked = new ArrayList<>();
        for (PictureFile file : answer.pictures()) {
            if (file == null) {
                differs(
                        Check.PICTURE,
                        "picture " + (looked.size() + 1) + " of the answer is empty",
                        "the WebUI's log says why");
            }
            looked.add(file == null ? null : picture(file, looked.size()));
        }
        return looked;
    }

    private List<CheckedAnswer.Made> pictures(Members members, List<@Nullable Picture> looked) {
        List<CheckedAnswer.Made> made = new ArrayList<>();
        long wanted = asked.pictures().orElse(Long.MAX_VALUE);
        int grids = 0;
        int pictures = 0;
        int extras = 0;
        for (int i = 0; i < answer.pictures().size(); i++) {
            int rank = members.rank(i);
            CheckedAnswer.Kind kind = i < answer.grids()
                    ? CheckedAnswer.Kind.GRID
                    : rank >= 0 && rank < wanted ? CheckedAnswer.Kind.PICTURE : CheckedAnswer.Kind.EXTRA;
            int place = switch (kind) {
                case GRID -> ++grids;
                case PICTURE, TEXT -> ++pictures;
                case EXTRA -> ++extras;
            };
            PictureFile file = answer.pictures().get(i);
            if (file != null) {
                made.add(
                        new CheckedAnswer.Made(file, looked.get(i), kind, place, members.seed(i), members.infotext(i)));
            }
        }
        return made;
    }

    /**
     * A file that was saved may have the right name and be another picture. Its text is to the letter the one of the answer
     * (captures 100-216); there is none with {@code enable_pnginfo} off.
     */
    private void text(Members members) {
        if (!answer.saved() || asked.hasScript()) {
            return; // sent with the answer, or in an order that only the script knows
        }
        for (int i = 0; i < answer.pictures().size(); i++) {
            String told = members.told(i);
            String own = members.ownText(i);
            if (told == null || own == null || own.equals(told)) {
                continue;
            }
            PictureFile file = answer.pictures().get(i);
            Infotext.Difference difference = Infotext.difference(own, told);
            differs(
                    Check.PICTURE,
                    "picture " + (members.rank(i) + 1) + " is not the one that the WebUI answered with: "
                            + (file == null || file.origin() == null ? "its file" : file.origin()) + " says "
                            + WebUiErrors.shown(difference.key()) + " '" + WebUiErrors.shown(difference.first())
                            + "' of itself, the answer '"
                            + WebUiErrors.shown(difference.second()) + "'",
                    "see what else writes into that folder, or whether an extension changes what pictures say; job.save"
                            + " \"fetch\" does not depend on saved files");
        }
    }

    private @Nullable Picture picture(PictureFile file, int index) {
        try {
            if (file.tooLarge()) {
                refused.add(Problem.of(
                        ProblemCode.REFUSED_PICTURE,
                        "picture " + (index + 1) + " has more than the " + file.maxBytes() + " bytes that are allowed",
                        "raise darkroom.webui.max-picture if that is right"));
                return null;
            }
            Picture picture = file.picture();
            if (!picture.checked()) {
                unverified(Check.PICTURE);
            }
            return picture;
        } catch (PictureException e) {
            differs(
                    Check.PICTURE,
                    "picture " + (index + 1) + " of " + answer.pictures().size() + " " + e.getMessage(),
                    "look at the WebUI's log; a proxy in between may also have damaged it");
            return null;
        }
    }

    /** What a model or a VAE that broke down leaves: all black, or all of one colour. */
    private void flat(List<CheckedAnswer.Made> pictures) {
        for (CheckedAnswer.Made made : pictures) {
            Picture picture = made.picture();
            if (made.kind() != CheckedAnswer.Kind.PICTURE || picture == null) {
                continue; // a mask may well be of one colour
            }
            if (picture.pixels() == Picture.Pixels.NOT_LOOKED_AT) {
                unverified(Check.FLAT);
            } else if (picture.pixels() == Picture.Pixels.FLAT) {
                differs(
                        Check.FLAT,
                        "picture " + made.place() + " is all of one colour",
                        "the WebUI's log may speak of NaNs: use another VAE, or start it with --no-half-vae or --no-half");
                return;
            }
        }
    }

    private void count(Members members) {
        boolean sent = asked.sends() || !answer.pictures().isEmpty();
        if (sent && answer.pictures().isEmpty()) {
            empty();
            return;
        }
        Optional<Long> wanted = asked.pictures();
        if (wanted.isEmpty()) {
            unverified(Check.COUNT); // a script or an infotext decides how many
            return;
        }
        long missing = answer.pictures().stream().filter(Objects::isNull).count();
        long got = sent
                ? members.count() - missing
                : answer.reported().map(Long::valueOf).orElse(wanted.get());
        if (got < wanted.get()) {
            differs(
                    Check.COUNT,
                    "asked for " + wanted.get() + " pictures, got " + got,
                    asked.batches() > 1 && got * asked.batches() == wanted.get()
                            ? "this WebUI may know no n_iter (stable-diffusion.cpp and KoboldCpp do not): use batch_size, or a"
                                    + " prompt file for each"
                            : "somebody may have interrupted or skipped it; drop it again");
        }
    }

    private void empty() {
        refused.add(Problem.of(
                ProblemCode.REFUSED_EMPTY,
                "the WebUI answered without pictures",
                "its log says why; a job that somebody interrupted also ends so"));
    }

    private void size(List<CheckedAnswer.Made> pictures) {
        Optional<Asked.Size> wanted = asked.size(answer);
        for (CheckedAnswer.Made made : pictures) {
            Picture picture = made.picture();
            if (made.kind() != CheckedAnswer.Kind.PICTURE || picture == null) {
                continue;
            }
            if (wanted.isEmpty() || !picture.checked()) {
                if (asked.namesSize()) {
                    unverified(Check.SIZE);
                }
            } else if (!wanted.get().is(picture.width(), picture.height()) && !isInitImageSize(picture)) {
                differs(
                        Check.SIZE,
                        "asked for " + wanted.get() + ", got " + picture.size(),
                        task.operation() == Operation.EXTRAS
                                ? "its log says why it did not enlarge it so far"
                                : "use multiples of 8; the WebUI rounds others down");
                return;
            }
        }
    }

    /** An inpainted area is put back into the picture it came from, which keeps its size. */
    private boolean isInitImageSize(Picture picture) {
        return asked.hasMask()
                && task.attachments().stream()
                        .filter(a -> a.pointer().startsWith("/init_images/"))
                        .anyMatch(a -> a.width() == picture.width() && a.height() == picture.height());
    }

    private void seed(Members members) {
        if (!members.areKnown()) {
            unverified(Check.SEED); // masks stand among the pictures, and the WebUI does not say where
        }
        if (asked.seed().isEmpty()) {
            return;
        }
        Optional<BigInteger> got = answer.seeds().stream().findFirst().or(() -> answer.number("seed"));
        if (got.isEmpty() || asked.isOpen(Check.SEED)) {
            unverified(Check.SEED);
        } else if (!got.get().equals(asked.seed().get())) {
            differs(
                    Check.SEED,
                    "asked for seed " + asked.seed().get() + ", got " + got.get(),
                    "a script or an extension changed it, or this WebUI can't count so far");
        }
    }

    private void steps() {
        Optional<BigDecimal> wanted = asked.number("steps");
        if (wanted.isEmpty()) {
            return;
        }
        Optional<BigInteger> got = answer.number("steps");
        if (got.isEmpty() || asked.isOpen(Check.STEPS)) {
            unverified(Check.STEPS);
        } else if (new BigDecimal(got.get()).compareTo(wanted.get()) != 0) {
            differs(
                    Check.STEPS,
                    "asked for " + wanted.get() + " steps, got " + got.get(),
                    "this WebUI has a limit, or a script changed them");
        }
    }

    private void sampler() {
        SamplerWish wish = asked.sampler();
        if (wish.sampler().isEmpty()) {
            return;
        }
        Optional<String> got = answer.text("sampler_name").or(() -> answer.infotextValue("Sampler"));
        if (got.isEmpty() || asked.isOpen(Check.SAMPLER)) {
            unverified(Check.SAMPLER);
        } else if (!wish.ranWith(got.get(), asked.text("sampler_name"))) {
            differs(
                    Check.SAMPLER,
                    "asked for sampler '" + wish.sampler() + "', the WebUI used '" + got.get() + "'",
                    "it does not know that name; GET /sdapi/v1/samplers lists those it knows, spelt as they must be");
        }
    }

    private void scheduler() {
        SamplerWish wish = asked.sampler();
        if (wish.scheduler().isEmpty()) {
            return;
        }
        Optional<String> got = answer.infotextValue("Schedule type");
        if (got.isEmpty() || asked.isOpen(Check.SCHEDULER)) {
            unverified(Check.SCHEDULER);
        } else if (!wish.scheduledWith(got.get())) {
            differs(
                    Check.SCHEDULER,
                    "asked for scheduler '" + wish.scheduler() + "', the WebUI used '" + got.get() + "'",
                    "it does not know that name; GET /sdapi/v1/schedulers lists those it knows, spelt as they must be");
        }
    }

    private void checkpoint() {
        String wish = asked.checkpoint();
        if (wish.isEmpty() || level(Check.CHECKPOINT) == Check.Level.OFF) {
            return;
        }
        String name = answer.text("sd_model_name")
                .or(() -> answer.infotextValue("Model"))
                .orElse("");
        String hash = answer.text("sd_model_hash")
                .or(() -> answer.infotextValue("Model hash"))
                .orElse("");
        if ((name.isEmpty() && hash.isEmpty()) || asked.isOpen(Check.CHECKPOINT)) {
            unverified(Check.CHECKPOINT);
            return;
        }
        Checkpoint.Verdict verdict = Checkpoint.verdict(wish, name, hash);
        if (verdict == Checkpoint.Verdict.SAME) {
            return;
        }
        List<Checkpoint> known = known();
        List<Checkpoint> meant =
                known.stream().filter(one -> one.answersTo(wish)).toList();
        if (meant.stream().anyMatch(one -> one.made(name, hash))) {
            return;
        }
        boolean unknownName = verdict == Checkpoint.Verdict.LIKELY && !known.isEmpty();
        if (verdict == Checkpoint.Verdict.OTHER || unknownName || !meant.isEmpty()) {
            differs(
                    Check.CHECKPOINT,
                    "asked for checkpoint '" + wish + "', the WebUI used '" + name + "'",
                    meant.isEmpty() ? unknownCheckpoint(wish, known) : "its log says why it did not load that one");
        } else {
            unverified(Check.CHECKPOINT);
        }
    }

    /** A name, or null for none; SD.Next says neither (webui-api, sections 2.7 and 8.3). */
    private void vae() {
        String wish = asked.vae();
        if (wish.isEmpty() || Named.isAutomatic(wish)) {
            return;
        }
        String got =
                answer.text("sd_vae_name").or(() -> answer.infotextValue("VAE")).orElse("None");
        if (!answer.info().has("sd_vae_name") || asked.isOpen(Check.VAE)) {
            unverified(Check.VAE);
        } else if (!got.equals(wish)) {
            differs(
                    Check.VAE,
                    "asked for VAE '" + wish + "', the WebUI used '" + got + "'",
                    "GET /sdapi/v1/sd-vae lists those it knows");
        }
    }

    private void extensions() {
        if (!UnitLook.Told.isAsked(task)) {
            return;
        }
        Optional<String> infotext = answer.infotext(0).or(() -> answer.infotext(-1));
        if (infotext.isEmpty() || asked.isOpen(Check.EXTENSION)) {
            unverified(Check.EXTENSION);
            return;
        }
        for (String difference : new UnitLook.Told(task, infotext.get()).differences()) {
            differs(
                    Check.EXTENSION,
                    difference,
                    "its log says why: an extension that can't use its arguments lets the picture be made without it");
        }
    }

    private static String unknownCheckpoint(String wish, List<Checkpoint> known) {
        List<String> titles = known.stream().map(Checkpoint::title).toList();
        return titles.isEmpty()
                ? "see that it has one of that name"
                : "it does not know that name: " + Suggestion.of(wish, titles);
    }

    /** What this WebUI has; empty if it does not say so. The pictures are made: they are not lost over that. */
    private List<Checkpoint> known() {
        try {
            return checkpoints.list();
        } catch (IOException | ProblemException e) {
            return List.of();
        }
    }

    private void differs(Check check, String message, String hint) {
        switch (level(check)) {
            case REFUSE -> refused.add(problem(check, message, hint));
            case WARN -> warnings.add(message);
            case OFF -> {
                // as the operator wants it
            }
        }
    }

    private static Problem problem(Check check, String message, String hint) {
        return Problem.of(check.code(), message, hint + "; or let it pass with " + check.property() + "=warn");
    }

    private Check.Level level(Check check) {
        return levels.getOrDefault(check, check.fallback());
    }

    private void unverified(Check check) {
        if (level(check) != Check.Level.OFF && !Set.copyOf(unverified).contains(check.word())) {
            unverified.add(check.word());
        }
    }
}
