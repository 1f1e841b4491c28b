import * as z from 'zod/mini';
import { nodeMessageSchema } from './daemon-frames.js';
import { entrySchema } from './entry.js';
import { fromClientSchema } from './from-client.js';
import { groupSnapshotSchema, orderedSchema, proposalSchema, replySchema } from './group-bodies.js';
import { groupControlSchema, snapshotSchema } from './group-messages.js';
import { answerSchema } from './handshake.js';
import { helloSchema } from './hello.js';
import { fromNameServerSchema } from './name-server-messages.js';

/** Everything that a daemon reads. */
const READ_BY_DAEMONS: readonly unknown[] = [
  helloSchema,
  answerSchema,
  fromNameServerSchema,
  fromClientSchema,
  nodeMessageSchema,
  groupControlSchema,
  snapshotSchema,
  entrySchema,
  proposalSchema,
  replySchema,
  orderedSchema,
  groupSnapshotSchema,
];

/**
 * Compiles what a daemon needs to read its messages. zod does so when the first message of a kind
 * comes, and for some kinds that is when a leader has died: then everybody waits for the compiler.
 */
export function prepareDecoders(): void {
  const prepared = new Set<unknown>();
  for (const schema of READ_BY_DAEMONS) prepare(schema, prepared);
}

/** An object schema is compiled by the first object it is given, whatever comes of it. */
function prepare(schema: unknown, prepared: Set<unknown>): void {
  if (prepared.has(schema)) return;
  prepared.add(schema);
  for (const part of partsOf(schema)) prepare(part, prepared);
  if (schema instanceof z.ZodMiniObject || schema instanceof z.ZodMiniDiscriminatedUnion) {
    schema.safeParse({});
  }
}

function partsOf(schema: unknown): readonly unknown[] {
  if (schema instanceof z.ZodMiniObject) return Object.values(schema.shape);
  if (schema instanceof z.ZodMiniUnion) return schema.def.options;
  if (schema instanceof z.ZodMiniDiscriminatedUnion) return schema.def.options;
  if (schema instanceof z.ZodMiniArray) return [schema.def.element];
  if (schema instanceof z.ZodMiniOptional || schema instanceof z.ZodMiniNullable)
    return [schema.def.innerType];
  return [];
}
