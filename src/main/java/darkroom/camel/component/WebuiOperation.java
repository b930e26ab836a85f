package darkroom.camel.component;

/** What {@code webui:} can be asked to do. */
public enum WebuiOperation {
    /** Makes the pictures of a task (txt2img or img2img, as the task says). */
    generate
}
