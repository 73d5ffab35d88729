import assert from "node:assert/strict";
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { commitEncoder } from "ts-mls/commit.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { refhash } from "ts-mls/crypto/hash.js";
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import { decodeGroupContext, type GroupContext } from "ts-mls/groupContext.js";
import { initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import { proposalEncoder } from "ts-mls/proposal.js";
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from "ts-mls/secretTree.js";
import { expandSenderDataKey, expandSenderDataNonce } from "ts-mls/sender.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import { decodeMessage } from "../../core/mls/decode_message.ts";
import { SUITE_NAME } from "../../core/mls/message_suite.ts";
import { makeSuite } from "../../core/mls/suite.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { readVectors, vectorTest } from "../harness/vectors.ts";

/*
 * The vectors of RFC 9420 (mlswg/mls-implementations, test-vectors/), those of our suite: they say
 * whether the suite that core/mls is made of is the one that others speak.
 */

type Fields<Names extends string> = Readonly<Record<Names, string>>;

const hex = (text: string) => Uint8Array.fromHex(text);
const RETENTION = {
  retainKeysForGenerations: 50,
  retainKeysForEpochs: 1,
  maximumForwardRatchetSteps: 50,
};

async function ofOurSuite<T extends { cipher_suite: number }>(folder: string, name: string) {
  const vectors = (await readVectors<T[]>(folder, `mls/${name}.json`))
    .filter((vector) => vector.cipher_suite === 1);
  assert.ok(vectors.length > 0, `${name}.json has none of suite 1`);
  return { vectors, suite: await makeSuite(seededRng(1)) };
}

interface CryptoBasics {
  readonly cipher_suite: number;
  readonly ref_hash: Fields<"label" | "value" | "out">;
  readonly expand_with_label: Fields<"secret" | "label" | "context" | "out"> & { length: number };
  readonly derive_secret: Fields<"secret" | "label" | "out">;
  readonly derive_tree_secret: Fields<"secret" | "label" | "out"> & {
    generation: number;
    length: number;
  };
  readonly sign_with_label: Fields<"priv" | "pub" | "content" | "label" | "signature">;
  readonly encrypt_with_label: Fields<
    "priv" | "pub" | "label" | "context" | "plaintext" | "kem_output" | "ciphertext"
  >;
}

vectorTest("RFC 9420: hashes, derivations, signatures and sealing of our suite", async (folder) => {
  const { vectors, suite } = await ofOurSuite<CryptoBasics>(folder, "crypto-basics");
  for (const vector of vectors) {
    const { ref_hash: ref, expand_with_label: expand, derive_secret: derive } = vector;
    assert.equal((await refhash(ref.label, hex(ref.value), suite.hash)).toHex(), ref.out);
    assert.equal(
      (await expandWithLabel(
        hex(expand.secret),
        expand.label,
        hex(expand.context),
        expand.length,
        suite.kdf,
      )).toHex(),
      expand.out,
    );
    assert.equal(
      (await deriveSecret(hex(derive.secret), derive.label, suite.kdf)).toHex(),
      derive.out,
    );
    const tree = vector.derive_tree_secret;
    assert.equal(
      (await deriveTreeSecret(
        hex(tree.secret),
        tree.label,
        tree.generation,
        tree.length,
        suite.kdf,
      ))
        .toHex(),
      tree.out,
    );
    const sign = vector.sign_with_label;
    const signed = await signWithLabel(
      hex(sign.priv),
      sign.label,
      hex(sign.content),
      suite.signature,
    );
    for (const signature of [hex(sign.signature), signed]) {
      assert.ok(
        await verifyWithLabel(
          hex(sign.pub),
          sign.label,
          hex(sign.content),
          signature,
          suite.signature,
        ),
      );
    }
    await checkSealing(vector.encrypt_with_label, suite);
  }
}, { needs: "mls/crypto-basics.json" });

async function checkSealing(
  seal: CryptoBasics["encrypt_with_label"],
  suite: Awaited<ReturnType<typeof makeSuite>>,
): Promise<void> {
  const key = await suite.hpke.importPrivateKey(hex(seal.priv));
  const own = await encryptWithLabel(
    await suite.hpke.importPublicKey(hex(seal.pub)),
    seal.label,
    hex(seal.context),
    hex(seal.plaintext),
    suite.hpke,
  );
  for (
    const [enc, ct] of [[hex(seal.kem_output), hex(seal.ciphertext)], [own.enc, own.ct]] as const
  ) {
    const opened = await decryptWithLabel(key, seal.label, hex(seal.context), enc, ct, suite.hpke);
    assert.equal(opened.toHex(), seal.plaintext);
  }
}

type ScheduleEpoch =
  & Fields<
    | "commit_secret"
    | "psk_secret"
    | "group_context"
    | "joiner_secret"
    | "welcome_secret"
    | "init_secret"
    | "sender_data_secret"
    | "encryption_secret"
    | "exporter_secret"
    | "epoch_authenticator"
    | "external_secret"
    | "confirmation_key"
    | "membership_key"
    | "resumption_psk"
    | "external_pub"
  >
  & { readonly exporter: Fields<"label" | "context" | "secret"> & { length: number } };

vectorTest("RFC 9420: the key schedule from epoch to epoch", async (folder) => {
  const { vectors, suite } = await ofOurSuite<
    { cipher_suite: number; initial_init_secret: string; epochs: ScheduleEpoch[] }
  >(folder, "key-schedule");
  for (const vector of vectors) {
    let init = hex(vector.initial_init_secret);
    for (const epoch of vector.epochs) {
      const context = decodeGroupContext(hex(epoch.group_context), 0)![0];
      const made = await initializeEpoch(
        init,
        hex(epoch.commit_secret),
        context,
        hex(epoch.psk_secret),
        suite.kdf,
      );
      const keys = made.keySchedule;
      const external = await suite.hpke.deriveKeyPair(keys.externalSecret);
      const { exporter } = epoch;
      assert.deepEqual(
        {
          joiner_secret: made.joinerSecret.toHex(),
          welcome_secret: made.welcomeSecret.toHex(),
          encryption_secret: made.encryptionSecret.toHex(),
          init_secret: keys.initSecret.toHex(),
          sender_data_secret: keys.senderDataSecret.toHex(),
          exporter_secret: keys.exporterSecret.toHex(),
          epoch_authenticator: keys.epochAuthenticator.toHex(),
          external_secret: keys.externalSecret.toHex(),
          confirmation_key: keys.confirmationKey.toHex(),
          membership_key: keys.membershipKey.toHex(),
          resumption_psk: keys.resumptionPsk.toHex(),
          external_pub: (await suite.hpke.exportPublicKey(external.publicKey)).toHex(),
          exporter: (await mlsExporter(
            keys.exporterSecret,
            exporter.label,
            hex(exporter.context),
            exporter.length,
            suite,
          )).toHex(),
        },
        { ...pick(epoch), exporter: exporter.secret },
      );
      init = hex(epoch.init_secret);
    }
  }
}, { needs: "mls/key-schedule.json" });

function pick(epoch: ScheduleEpoch) {
  const { exporter: _, commit_secret: _c, psk_secret: _p, group_context: _g, ...rest } = epoch;
  const { tree_hash: _t, confirmed_transcript_hash: _h, ...secrets } = rest as Record<
    string,
    string
  >;
  return secrets;
}

vectorTest("RFC 9420: ratchets of the secret tree, and what hides the sender", async (folder) => {
  const { vectors, suite } = await ofOurSuite<{
    cipher_suite: number;
    sender_data: Fields<"sender_data_secret" | "ciphertext" | "key" | "nonce">;
    encryption_secret: string;
    leaves: (
      & { generation: number }
      & Fields<
        "handshake_key" | "handshake_nonce" | "application_key" | "application_nonce"
      >
    )[][];
  }>(folder, "secret-tree");
  for (const { sender_data: data, encryption_secret: secret, leaves } of vectors) {
    const [from, ciphertext] = [hex(data.sender_data_secret), hex(data.ciphertext)];
    assert.equal((await expandSenderDataKey(suite, from, ciphertext)).toHex(), data.key);
    assert.equal((await expandSenderDataNonce(suite, from, ciphertext)).toHex(), data.nonce);
    const tree = await createSecretTree(leaves.length, hex(secret), suite.kdf);
    for (const [leaf, generations] of leaves.entries()) {
      for (const each of generations) {
        for (const kind of ["handshake", "application"] as const) {
          const [ratchet] = await ratchetUntil(
            tree[2 * leaf]![kind],
            each.generation,
            RETENTION,
            suite.kdf,
          );
          const key = await deriveKey(ratchet.secret, each.generation, suite);
          const nonce = await deriveNonce(ratchet.secret, each.generation, suite);
          assert.equal(key.toHex(), each[`${kind}_key`]);
          assert.equal(nonce.toHex(), each[`${kind}_nonce`]);
        }
      }
    }
  }
}, { needs: "mls/secret-tree.json" });

type Protection =
  & Fields<
    | "group_id"
    | "tree_hash"
    | "confirmed_transcript_hash"
    | "signature_pub"
    | "encryption_secret"
    | "sender_data_secret"
    | "membership_key"
    | "proposal"
    | "proposal_pub"
    | "proposal_priv"
    | "commit"
    | "commit_pub"
    | "commit_priv"
    | "application"
    | "application_priv"
  >
  & { readonly cipher_suite: number; readonly epoch: number };

vectorTest("RFC 9420: messages in the clear and encrypted ones", async (folder) => {
  const { vectors, suite } = await ofOurSuite<Protection>(folder, "message-protection");
  for (const vector of vectors) {
    const context: GroupContext = {
      version: "mls10",
      cipherSuite: SUITE_NAME,
      groupId: hex(vector.group_id),
      epoch: BigInt(vector.epoch),
      treeHash: hex(vector.tree_hash),
      confirmedTranscriptHash: hex(vector.confirmed_transcript_hash),
      extensions: [],
    };
    const signer = hex(vector.signature_pub);
    const open = async (bytes: string) => {
      const { privateMessage } = decodeMessage(hex(bytes), "mls_private_message");
      const tree = await createSecretTree(2, hex(vector.encryption_secret), suite.kdf);
      const secret = hex(vector.sender_data_secret);
      return (await unprotectPrivateMessage(
        secret,
        privateMessage,
        tree,
        [],
        context,
        RETENTION,
        suite,
        signer,
      )).content.content;
    };
    const read = async (bytes: string) => {
      const { publicMessage } = decodeMessage(hex(bytes), "mls_public_message");
      const key = hex(vector.membership_key);
      return (await unprotectPublicMessage(key, context, [], publicMessage, suite, signer)).content;
    };
    for (const content of [await open(vector.proposal_priv), await read(vector.proposal_pub)]) {
      assert.ok(content.contentType === "proposal");
      assert.equal(encode(proposalEncoder)(content.proposal).toHex(), vector.proposal);
    }
    for (const content of [await open(vector.commit_priv), await read(vector.commit_pub)]) {
      assert.ok(content.contentType === "commit");
      assert.equal(encode(commitEncoder)(content.commit).toHex(), vector.commit);
    }
    const application = await open(vector.application_priv);
    assert.ok(application.contentType === "application");
    assert.equal(application.applicationData.toHex(), vector.application);
  }
}, { needs: "mls/message-protection.json" });

vectorTest("RFC 9420: transcript hashes and the tag that confirms them", async (folder) => {
  const { vectors, suite } = await ofOurSuite<
    & { cipher_suite: number }
    & Fields<
      | "confirmation_key"
      | "authenticated_content"
      | "interim_transcript_hash_before"
      | "confirmed_transcript_hash_after"
      | "interim_transcript_hash_after"
    >
  >(folder, "transcript-hashes");
  for (const vector of vectors) {
    const { wireformat, content, auth } = decodeAuthenticatedContent(
      hex(vector.authenticated_content),
      0,
    )![0];
    assert.ok(content.contentType === "commit" && auth.contentType === "commit");
    const confirmed = await createConfirmedHash(
      hex(vector.interim_transcript_hash_before),
      { wireformat, content, signature: auth.signature },
      suite.hash,
    );
    assert.equal(confirmed.toHex(), vector.confirmed_transcript_hash_after);
    const interim = await createInterimHash(confirmed, auth.confirmationTag, suite.hash);
    assert.equal(interim.toHex(), vector.interim_transcript_hash_after);
    const key = hex(vector.confirmation_key);
    assert.ok(await verifyConfirmationTag(key, auth.confirmationTag, confirmed, suite.hash));
  }
}, { needs: "mls/transcript-hashes.json" });
