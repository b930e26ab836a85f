package darkroom.finish;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** XMP that says that a picture was generated (IPTC Photo Metadata 2023.1, "Digital Source Type"). */
final class Xmp {
    private static final String PROPERTY = "DigitalSourceType";
    private static final String END = "</rdf:RDF>";

    private Xmp() {}

    /**
     * A packet that says it.
     *
     * @param existing what is there already; null if nothing is
     * @param type what is said
     * @return the same object if it says it already, or if nothing can be added to it
     */
    static byte[] with(byte @Nullable [] existing, SourceType type) {
        String description = """
              <rdf:Description rdf:about=""
                  xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
               <Iptc4xmpExt:DigitalSourceType>TYPE</Iptc4xmpExt:DigitalSourceType>
              </rdf:Description>
             """.replace("TYPE", type.uri());
        if (existing == null) {
            return """
            <?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            DESCRIPTION </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="w"?>""".replace("DESCRIPTION", description).getBytes(StandardCharsets.UTF_8);
        }
        String packet = new String(existing, StandardCharsets.UTF_8);
        int end = packet.lastIndexOf(END);
        if (packet.contains(PROPERTY) || end < 0) {
            return existing;
        }
        return (packet.substring(0, end) + description + packet.substring(end)).getBytes(StandardCharsets.UTF_8);
    }
}
