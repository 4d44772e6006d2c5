// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Compact storage of header sections: zstd with a trained dictionary.
///
/// A cache keeps the head of every stored response. A head has some 400 octets, and most of them
/// are in the next head too; compressed one by one, zstd finds little. With a dictionary that was
/// trained on heads it leaves a third to two fifths: entity tags, identifiers, dates.
///
/// ```java
/// HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());   // one for the process
/// byte[] stored = serde.serialize(response);                       // version and reason too
/// ResponseHeader again = serde.deserialize(stored);                // equal, octet by octet
/// ```
///
/// | class | is |
/// |---|---|
/// | [HeaderSerde] | what writes and reads; the idea, the invariant, the cost |
/// | [SerdeOptions] | dictionaries, level, limits |
/// | [HeaderDictionary] | a dictionary and its number; the one that is shipped |
/// | [DictionaryTraining] | makes one from heads |
/// | [TrainDictionary] | the same as a tool, for a folder of heads |
///
/// **Changing the dictionary.** What is stored names the dictionary it was written with by number.
/// Write with the new one, and name the old one among [SerdeOptions#alsoReads] until nothing that
/// needs it is left. A head whose dictionary is not at hand is refused, with the number in the
/// message; a cache counts it as a miss.
///
/// **Damage.** What is read may have been changed by a disk or a stranger. Every change is found by
/// a checksum or by the grammar, costs no more memory than the limit of a head, and ends in one
/// checked exception of kind [HeaderSerde#DAMAGED].
///
/// **Native code.** zstd comes with `zstd-jni` (BSD, 0.9 MB of library for each system), which
/// unpacks it into the folder for temporary files when it is first used. Name it on the command
/// line: `--enable-native-access=com.github.luben.zstd_jni`, or the JVM warns.
///
/// Maven: `dev.pingora:pingora-header-serde`; module: `dev.pingora.headerserde`.
package dev.pingora.headerserde;
