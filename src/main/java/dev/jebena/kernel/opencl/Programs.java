package dev.jebena.kernel.opencl;

import static java.util.regex.Matcher.quoteReplacement;

import dev.jebena.io.AtomicFiles;
import dev.jebena.kernel.Activation;
import dev.jebena.kernel.BinaryOp;
import dev.jebena.kernel.DeviceException;
import dev.jebena.kernel.ReduceOp;
import dev.jebena.kernel.ScanOp;
import dev.jebena.kernel.ScatterOp;
import dev.jebena.kernel.UnaryOp;
import dev.jebena.memory.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/**
 * Kernels by program, macros and name. A program is a file of {@code src/main/opencl} behind {@code
 * common.cl} and behind a list of the engine's opcodes as macros, so that host and kernels cannot
 * disagree about them. The driver gets of it what the kernel needs, and nothing else: it compiles
 * all that it is given.
 *
 * <p>A compiled program is kept on disk under a name made of everything that it depends on: device,
 * driver, options and all of its text. A binary that the driver does not take is compiled again.
 */
final class Programs {
  private static final String COMMON = "common";
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(\\w+)\\.cl\"$");

  private final CommandQueue queue;
  private final Settings settings;
  private final String options;
  private final Map<String, Kernel> kernels = new HashMap<>();
  private double compileSeconds;
  private int compiled;

  Programs(CommandQueue queue, Settings settings) {
    this.queue = queue;
    this.settings = settings;
    var device = queue.device();
    this.options =
        "-cl-std=CL1.2 -DPROCESSOR=%d -DHAS_F64=%d%s"
            .formatted(
                settings.processor() ? 1 : 0,
                device.doubles() ? 1 : 0,
                device.exactDivision() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
  }

  /** A kernel of a program compiled with macros such as {@code -DW=4}. */
  synchronized Kernel kernel(String program, String macros, String name) {
    var key = program + '/' + name + ' ' + macros;
    var known = kernels.get(key);
    if (known == null) {
      known = new Kernel(program + '/' + name, create(program, macros, name));
      kernels.put(key, known);
    }
    return known;
  }

  private org.jocl.cl_kernel create(String program, String macros, String name) {
    try {
      return CL.clCreateKernel(build(program, macros, name), name, null);
    } catch (CLException e) {
      throw queue.failure("kernel " + program + '/' + name + " (" + macros + ')', e);
    }
  }

  /** Seconds spent in the driver's compiler. */
  synchronized double compileSeconds() {
    return compileSeconds;
  }

  /** Kernels that had to be compiled because no binary of them was on disk. */
  synchronized int compiled() {
    return compiled;
  }

  private cl_program build(String program, String macros, String kernel) {
    var source = ProgramText.forKernel(opcodes() + text(COMMON) + text(program), kernel);
    var allOptions = options + ' ' + macros;
    var file = settings.cache() == null ? null : settings.cache().resolve(key(source, allOptions));
    if (file != null && Files.isRegularFile(file)) {
      var loaded = load(file);
      if (loaded != null) {
        return loaded;
      }
    }
    long start = System.nanoTime();
    var built = compile(program + '/' + kernel, source, allOptions);
    if (file != null) {
      store(built, file);
    }
    compileSeconds += (System.nanoTime() - start) / 1e9;
    compiled++;
    return built;
  }

  private cl_program compile(String kernel, String source, String allOptions) {
    var made = CL.clCreateProgramWithSource(queue.context(), 1, new String[] {source}, null, null);
    try {
      CL.clBuildProgram(made, 1, devices(), allOptions, null, null);
      return made;
    } catch (CLException e) {
      throw new DeviceException(
          "opencl: kernel %s does not compile (%s) on %s:%n%s"
              .formatted(kernel, allOptions, queue.device().describe(), log(made)),
          e);
    }
  }

  private cl_device_id[] devices() {
    return new cl_device_id[] {queue.device().id()};
  }

  private String log(cl_program program) {
    long[] size = new long[1];
    int what = CL.CL_PROGRAM_BUILD_LOG;
    CL.clGetProgramBuildInfo(program, queue.device().id(), what, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(
        program, queue.device().id(), what, bytes.length, Pointer.to(bytes), null);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  /** The program of a file, or null where the driver does not take it. */
  private cl_program load(Path file) {
    try {
      byte[] binary = Files.readAllBytes(file);
      var made =
          CL.clCreateProgramWithBinary(
              queue.context(),
              1,
              devices(),
              new long[] {binary.length},
              new byte[][] {binary},
              new int[1],
              null);
      CL.clBuildProgram(made, 1, devices(), "", null, null);
      return made;
    } catch (IOException | CLException e) {
      return null; // it is compiled again, and the file written anew
    }
  }

  private static void store(cl_program program, Path file) {
    try {
      long[] size = new long[1];
      CL.clGetProgramInfo(
          program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
      if (size[0] == 0) {
        return;
      }
      byte[] binary = new byte[(int) size[0]];
      CL.clGetProgramInfo(
          program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, Pointer.to(Pointer.to(binary)), null);
      AtomicFiles.write(file, out -> out.write(binary));
    } catch (IOException | CLException e) {
      // a folder that cannot be written, or a driver that gives nothing away, costs time only
    }
  }

  private String key(String source, String allOptions) {
    var device = queue.device();
    var all =
        String.join(
            "\0",
            device.platformName(),
            device.name(),
            device.vendor(),
            device.version(),
            device.driver(),
            allOptions,
            source);
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(all.getBytes(StandardCharsets.UTF_8))) + ".bin";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** The text of a file, with that of the files that it includes. */
  private static String text(String program) {
    return INCLUDE.matcher(read(program)).replaceAll(m -> quoteReplacement(read(m.group(1))));
  }

  private static String read(String program) {
    var name = program + ".cl";
    try (var in = Programs.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no program " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every opcode and element type as a macro such as {@code UNARY_EXP}. */
  private static String opcodes() {
    var text = new StringBuilder();
    define(text, "", DType.values());
    define(text, "UNARY_", UnaryOp.values());
    define(text, "BINARY_", BinaryOp.values());
    define(text, "REDUCE_", ReduceOp.values());
    define(text, "SCAN_", ScanOp.values());
    define(text, "SCATTER_", ScatterOp.values());
    define(text, "ACTIVATION_", Activation.values());
    return text.toString();
  }

  private static void define(StringBuilder text, String prefix, Enum<?>[] values) {
    for (var value : values) {
      text.append("#define ").append(prefix).append(value.name()).append(' ');
      text.append(value.ordinal()).append('\n');
    }
  }
}
