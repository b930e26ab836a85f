package darkroom.camel;

import darkroom.secret.SecretFile;
import darkroom.secret.Secrets;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.camel.component.properties.EnvPropertiesFunction;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.spi.PropertiesFunction;
import org.jspecify.annotations.Nullable;

/**
 * What routes read as <code>{{…}}</code>. Secrets that they read are {@link Secrets} from then on: those that
 * <code>{{env:NAME}}</code> finds under a name that says so, what is in the file of <code>{{secret-file:NAME}}</code>, and
 * whatever a vault holds.
 *
 * <p><code>{{darkroom.…}}</code> is what the settings say: else Camel would find the environment first, with "2s" where it
 * needs milliseconds, and the password.
 */
final class GuardedProperties extends PropertiesComponent {
    /** Functions whose values are no secrets, or are looked at by themselves. */
    private static final Set<String> NO_VAULTS = Set.of(
            "env",
            "sys",
            "service",
            "service.name",
            "service.host",
            "service.port",
            "bean",
            "path",
            "configmap",
            "configmap-binary",
            SecretFileFunction.NAME);

    /**
     * Properties of one Camel.
     *
     * @param folder where secret files are that are named by a relative path
     */
    GuardedProperties(Path folder) {
        setEnvironmentVariableMode(ENVIRONMENT_VARIABLES_MODE_NEVER);
        setSystemPropertiesMode(SYSTEM_PROPERTIES_MODE_NEVER);
        addPropertiesFunction(new SecretEnvironmentFunction());
        addPropertiesFunction(new SecretFileFunction(folder));
    }

    @Override
    public void updateResolvedValue(String key, @Nullable String value, @Nullable String function) {
        boolean vault = function != null && !NO_VAULTS.contains(function);
        boolean named = !key.startsWith("darkroom.") && value != null && Secrets.isSecret(key, value);
        if (value != null && (vault || named)) {
            Secrets.add(value);
        }
        super.updateResolvedValue(key, value, function);
    }

    /** <code>{{env:NAME}}</code>. */
    private static final class SecretEnvironmentFunction extends EnvPropertiesFunction {
        @Override
        public @Nullable String apply(String name) {
            String value = super.apply(name);
            if (value != null && Secrets.isSecret(name, value)) {
                Secrets.add(value);
            }
            return value;
        }
    }

    /** <code>{{secret-file:NAME}}</code>: what is in a file of the folder of secrets, or in any other. */
    private record SecretFileFunction(Path folder) implements PropertiesFunction {
        static final String NAME = "secret-file";

        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public String apply(String name) {
            try {
                return SecretFile.read(folder.resolve(name));
            } catch (IOException e) {
                throw new IllegalArgumentException("{{" + NAME + ":" + name + "}}: " + e.getMessage());
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("{{" + NAME + ":" + name + "}} is no name of a file");
            }
        }
    }
}
