package darkroom.promptfile.expansion;

/**
 * A prompt that stands for several: variants {@code {a|b}}, wildcards {@code __name__}, variables {@code ${x}}, as the Dynamic Prompts
 * extension has them. What is the WebUI's own, such as {@code (word:1.2)} or {@code [from:to:0.5]}, is text.
 */
public final class PromptTemplate {
    private final String text;
    private final Node root;
    private final ExpansionLimits limits;

    private PromptTemplate(String text, Node root, ExpansionLimits limits) {
        this.text = text;
        this.root = root;
        this.limits = limits;
    }

    /**
     * Reads a template.
     *
     * @throws ExpansionException if it can't be read as one; its problem says where
     */
    public static PromptTemplate parse(String text, ExpansionLimits limits) {
        return new PromptTemplate(text, TemplateParser.parse(text, limits), limits);
    }

    /**
     * Fills in wildcards and variables.
     *
     * @param expand how prompts are made of it, not {@link Expand#NONE}
     * @throws ExpansionException if anything is missing or too large; all that is missing is told at once
     */
    public Prompts prompts(Wildcards wildcards, Expand expand) {
        Compiler compiler = new Compiler(text, wildcards, limits);
        Mode mode = expand == Expand.RANDOM ? Mode.RANDOM : Mode.COMBINATORIAL;
        Part part = compiler.compile(root, mode);
        return new Prompts(part, compiler.variables(), compiler.parts(), root instanceof Node.Text);
    }
}
