package darkroom.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A job that is done: what came out of it, and what its answer says in {@code info}. */
record Made(Shot.Job job, Result result, ObjectNode info) {}
