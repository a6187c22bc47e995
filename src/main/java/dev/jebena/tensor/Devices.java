package dev.jebena.tensor;

import dev.jebena.kernel.Device;
import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.DeviceProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Finds devices by name among the providers on the class or module path. */
public final class Devices {
  private static final Map<String, DeviceProvider> PROVIDERS = load();
  private static final Map<String, Device> OPENED = new ConcurrentHashMap<>();

  private Devices() {}

  private static Map<String, DeviceProvider> load() {
    var found = new TreeMap<String, DeviceProvider>();
    for (var provider : ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader())) {
      found.put(provider.name(), provider);
    }
    return found;
  }

  /** Names of all providers. */
  public static List<String> names() {
    return List.copyOf(PROVIDERS.keySet());
  }

  /** Whether there is a provider for a name such as {@code cpu} or {@code opencl:1}. */
  public static boolean isKnown(String name) {
    return PROVIDERS.containsKey(name.split(":", 2)[0]);
  }

  /**
   * The device of that name; the same object every time. Behind a colon may stand which one of
   * several: {@code opencl:1}.
   *
   * @throws DeviceException where there is none, or where the machine does not have it
   */
  public static Device get(String name) {
    var parts = name.split(":", 2);
    var provider = PROVIDERS.get(parts[0]);
    if (provider == null) {
      throw new DeviceException(
          "no device is called '"
              + name
              + "'; there are: "
              + String.join(", ", PROVIDERS.keySet()));
    }
    return OPENED.computeIfAbsent(
        name, n -> parts.length == 1 ? provider.device() : provider.device(parts[1]));
  }

  /** The device that new tensors live on unless the context says otherwise: {@code cpu}. */
  public static Device standard() {
    return get(PROVIDERS.containsKey("cpu") ? "cpu" : "reference");
  }
}
