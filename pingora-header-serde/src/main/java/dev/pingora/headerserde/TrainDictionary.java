// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The tool that makes a dictionary from a folder of response heads.
///
/// ```
/// java --module-path JARS --enable-native-access=com.github.luben.zstd_jni \
///      -m dev.pingora.headerserde/dev.pingora.headerserde.TrainDictionary FOLDER OUTPUT [OCTETS]
/// ```
///
/// Every file of the folder (not of folders in it) holds heads as `curl -D` writes them. Every
/// tenth head is kept out of the training and used to tell what the dictionary is worth.
public final class TrainDictionary {
  private static final String USAGE =
      """
      usage: TrainDictionary FOLDER OUTPUT [OCTETS]
        FOLDER  files with response heads, as curl -D writes them
        OUTPUT  the dictionary; must not exist
        OCTETS  its size at most, 1024 to 1048576; 32768 if not given\
      """;

  private static final int LEVEL = SerdeOptions.PLAIN.level();
  private static final int HELD_OUT = 10;

  private TrainDictionary() {}

  /// Runs the tool; the process ends with 0, or 2 after a complaint on the error stream.
  public static void main(String[] args) {
    int code = run(args, System.out, System.err);
    if (code != 0) {
      System.exit(code);
    }
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length < 2 || args.length > 3) {
      err.println(USAGE);
      return 2;
    }
    try {
      int octets = args.length == 3 ? Integer.parseInt(args[2]) : DictionaryTraining.USUAL_BYTES;
      train(Path.of(args[0]), Path.of(args[1]), octets, out);
      return 0;
    } catch (NumberFormatException e) {
      err.println("OCTETS: " + args[2] + " (expected: a number)");
    } catch (FileAlreadyExistsException e) {
      err.println(e.getFile() + ": exists already");
    } catch (NoSuchFileException e) {
      err.println(e.getFile() + ": no such file");
    } catch (FileSystemException e) {
      err.println(e.getFile() + ": " + e.getReason());
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      err.println(e.getMessage());
    }
    return 2;
  }

  private static void train(Path folder, Path output, int octets, PrintStream out)
      throws IOException {
    List<ResponseHeader> held = new ArrayList<>();
    DictionaryTraining training = new DictionaryTraining(LEVEL);
    int seen = 0;
    for (Path file : files(folder)) {
      for (ResponseHeader head : HeadFile.read(file)) {
        if (++seen % HELD_OUT == 0) {
          held.add(head);
        } else {
          training.add(head);
        }
      }
    }
    HeaderDictionary dictionary = training.train(octets);
    Files.write(output, dictionary.toBytes(), StandardOpenOption.CREATE_NEW);
    out.printf(
        "%d heads, %d octets; dictionary %08x, %d octets%n",
        training.samples(), training.octets(), dictionary.id(), dictionary.size());
    if (!held.isEmpty()) {
      out.printf(
          "of %d other heads it leaves %.1f %%, zstd alone %.1f %%%n",
          held.size(),
          100 * share(held, SerdeOptions.PLAIN.withDictionary(dictionary, List.of())),
          100 * share(held, SerdeOptions.PLAIN));
    }
  }

  /// In the order of their names, so that the same folder gives the same dictionary.
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static double share(List<ResponseHeader> heads, SerdeOptions options)
      throws ProxyException {
    long text = 0;
    long stored = 0;
    try (HeaderSerde serde = HeaderSerde.open(options.withLimits(HeadFile.MAX_BYTES, 1000))) {
      for (ResponseHeader head : heads) {
        text += HeaderText.length(head);
        stored += serde.serialize(head).length;
      }
    }
    return (double) stored / text;
  }
}
