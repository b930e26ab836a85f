package darkroom.cli;

import darkroom.settings.SettingsException;
import darkroom.yaml.MistakeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What is said when a command can't do what it should: one line for each thing that is wrong. */
final class Complaint {
    private Complaint() {}

    static int about(Exception e, PrintWriter err) {
        if (e instanceof SettingsException settings) {
            settings.problems().forEach(problem -> err.println("darkroom: " + problem));
        } else if (e instanceof MistakeException mistakes) {
            mistakes.problems().forEach(problem -> err.println("darkroom: " + problem));
        } else if (e instanceof IOException || e instanceof UncheckedIOException) { // of the disk, not of ours
            err.println("darkroom: " + why(e));
            if ("debug".equals(System.getProperty("log.level"))) {
                e.printStackTrace(err);
            }
        } else {
            err.println("darkroom: this should not happen (" + e + "); please report it, with the lines below");
            e.printStackTrace(err);
        }
        err.flush();
        return Darkroom.NOT_OK;
    }

    private static String why(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof FileSystemException about) {
            return about.getFile() + ": " + reason(about);
        }
        return cause instanceof IOException io ? reason(io) : e.toString();
    }

    /** Why a file can't be used, as a person would say it; without its name. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        String reason = e instanceof FileSystemException about ? about.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }
}
