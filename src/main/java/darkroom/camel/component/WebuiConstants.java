package darkroom.camel.component;

import org.apache.camel.spi.Metadata;

/** Headers that the component {@code webui:} reads. They count for one hop only. */
public final class WebuiConstants {
    /** The folder that the files of a task's attachments are relative to. */
    @Metadata(
            label = "producer",
            description = "The folder that the files of a task's attachments are relative to",
            javaType = "java.nio.file.Path")
    public static final String ATTACHMENTS = "CamelWebuiAttachments";

    /** An empty folder that the pictures are received in. */
    @Metadata(
            label = "producer",
            description = "An empty folder that the pictures are received in",
            javaType = "java.nio.file.Path")
    public static final String PICTURES = "CamelWebuiPictures";

    /** Says whether the task was cancelled meanwhile; may be missing. */
    @Metadata(
            label = "producer",
            description = "Says whether the task was cancelled meanwhile: then it is not sent, or is interrupted",
            javaType = "java.util.function.BooleanSupplier")
    public static final String CANCELLED = "CamelWebuiCancelled";

    /** Where it is written down that the task was sent; may be missing. */
    @Metadata(
            label = "producer",
            description =
                    "Where it is written down that the task was sent: then one whose answer was lost is looked for"
                            + " before it is sent again",
            javaType = "darkroom.camel.component.SentLog")
    public static final String SENT = "CamelWebuiSent";

    /** The lane of the task, which has a share of the WebUIs; may be missing. */
    @Metadata(
            label = "producer",
            description = "The lane of the task, which has a share of the WebUIs",
            javaType = "String")
    public static final String LANE = "CamelWebuiLane";

    /** How urgent the task is: higher goes first; may be missing, for 0. */
    @Metadata(
            label = "producer",
            description = "How urgent the task is: higher goes first",
            javaType = "Integer",
            defaultValue = "0")
    public static final String PRIORITY = "CamelWebuiPriority";

    /** Says whether the task is to wait for now; may be missing. */
    @Metadata(
            label = "producer",
            description = "Says whether the task is to wait for now: then it is not sent yet",
            javaType = "java.util.function.BooleanSupplier")
    public static final String HELD = "CamelWebuiHeld";

    /** The name of the WebUI that alone may make it; may be missing, for any. */
    @Metadata(label = "producer", description = "The name of the WebUI that alone may make it", javaType = "String")
    public static final String ONLY = "CamelWebuiOnly";

    /** Exchange property that the component sets: the URL of the WebUI that was asked. */
    public static final String BACKEND = "CamelWebuiBackend";

    private WebuiConstants() {}
}
