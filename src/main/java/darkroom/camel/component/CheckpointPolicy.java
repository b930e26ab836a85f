package darkroom.camel.component;

/** How a WebUI comes to have the checkpoint and the VAE loaded that a task names. */
public enum CheckpointPolicy {
    /** As is best for it: {@link #KEEP} for one that loads its own again after each override, as SD.Next does. */
    AUTOMATIC,
    /** Its options are changed once for all tasks that name the same, and given back later. */
    KEEP,
    /** Each task overrides the options for itself. */
    OVERRIDE
}
