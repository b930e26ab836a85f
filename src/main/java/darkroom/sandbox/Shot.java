package darkroom.sandbox;

import java.util.ArrayList;
import java.util.List;

/**
 * One picture of a job, as file names and infotexts speak of it.
 *
 * @param batch the number of its batch, from 0
 * @param position its place in the batch, from 0
 */
record Shot(Job job, String prompt, String negative, long seed, long subseed, int batch, int position) {

    /** How a job is done, as it turned out: sampler and checkpoint are those that were really used. */
    record Job(
            Asked asked,
            String sampler,
            String scheduler,
            Checkpoint checkpoint,
            String timestamp,
            List<Long> seeds,
            int batchSize,
            int batches) {

        List<String> styles() {
            var names = new ArrayList<String>();
            asked.get("styles").forEach(style -> names.add(style.asText()));
            return names;
        }
    }
}
