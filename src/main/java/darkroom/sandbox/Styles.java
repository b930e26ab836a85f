package darkroom.sandbox;

import com.fasterxml.jackson.databind.JsonNode;

/** Adds the words of named styles to prompts. A style that does not exist has no words. */
final class Styles {
    private static final String PLACE = "{prompt}";

    private final JsonNode known;

    Styles(JsonNode known) {
        this.known = known;
    }

    /** @param field which of their words: {@code prompt} or {@code negative_prompt} */
    String apply(String prompt, JsonNode names, String field) {
        String result = prompt;
        for (JsonNode name : names) {
            String style = "";
            for (JsonNode candidate : known) {
                if (candidate.path("name").equals(name)) {
                    style = candidate.path(field).asText();
                }
            }
            result = merge(style, result);
        }
        return result;
    }

    private static String merge(String style, String prompt) {
        if (style.contains(PLACE)) {
            return style.replace(PLACE, prompt);
        }
        boolean both = !prompt.isBlank() && !style.isBlank();
        return prompt.strip() + (both ? ", " : "") + style.strip();
    }
}
