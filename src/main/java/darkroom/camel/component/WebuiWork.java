package darkroom.camel.component;

/**
 * What a WebUI has done since the start of the service, as far as that was for the service.
 *
 * @param atWork for how many seconds it had a request
 * @param unused for how many seconds it had none and could have been given one, though a task waited that it could have made
 * @param made how many tasks it has made
 * @param failed how many requests for a task have ended in another way
 * @param loads how many of those that it has made it had to load another checkpoint for
 */
public record WebuiWork(double atWork, double unused, long made, long failed, long loads) {}
