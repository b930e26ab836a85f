import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.dataformat.JsonLibrary;

/**
 * The route that Camel's manual leads to: read a file, post it, turn the answer into a map, split, decode, write. One file
 * after the other; no checks, no hash, no receipts; nothing is forced to disk.
 */
final class PlainCamel {
    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.configure().withJmxEnabled(false);
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("file:" + arguments[1] + "?include=.*[.]json&delete=true&delay=20&initialDelay=0")
                        .convertBodyTo(String.class)
                        .setHeader(Exchange.HTTP_METHOD, constant("POST"))
                        .setHeader(Exchange.CONTENT_TYPE, constant("application/json"))
                        .to(arguments[0] + "/sdapi/v1/txt2img")
                        .unmarshal()
                        .json(JsonLibrary.Jackson, Map.class)
                        .setBody(exchange -> (List<?>)
                                exchange.getMessage().getBody(Map.class).get("images"))
                        .split(body())
                        .process(exchange -> exchange.getMessage()
                                .setBody(Base64.getDecoder()
                                        .decode(exchange.getMessage().getBody(String.class))))
                        .to(
                                "file:" + arguments[2]
                                        + "?fileName=${file:name.noext}-${exchangeProperty.CamelSplitIndex}.png&tempPrefix=.part-");
            }
        });
        main.run();
    }
}
