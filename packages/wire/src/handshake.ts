import * as z from 'zod/mini';
import type { Decoded } from './decoded.js';
import { addressField, countField, nodeNameField, storeField } from './fields.js';
import { decodeControl, type EncodedFrame, encodeControl } from './frame.js';
import type { Hello } from './hello.js';
import { object } from './object-schema.js';

/**
 * The first frame each way of every connection (`command-line.md`, Handshake): what is answered. What is said first is
 * `hello.ts`.
 */

const welcomeSchema = object({
  kind: z.literal('welcome'),
  wire: countField,
  /** Of that version, and spoken by both; 0 when left out. */
  minor: z.optional(countField),
  node: z.optional(nodeNameField),
  incarnation: z.optional(countField),
  /** The name server's start; answers of an earlier one are refused. */
  epoch: z.optional(countField),
  /** Names the store of the name server's table. */
  store: z.optional(storeField),
  features: z.array(z.string().check(z.maxLength(64))).check(z.maxLength(64)),
  limits: z.record(z.string().check(z.maxLength(64)), countField),
  isolation: z.optional(z.enum(['continue', 'suspend'])),
  leaderRecovery: z.optional(z.enum(['announced', 'silent', 'name-server'])),
  /** The name server's lease in milliseconds. */
  lease: z.optional(countField),
  /** The highest incarnation the name server has seen of this node. */
  incarnationFloor: z.optional(countField),
  /** Admin endpoint of a daemon, for operators' tools. */
  admin: z.optional(z.string().check(z.maxLength(512))),
});

export const REFUSE_CODES = [
  'malformed',
  'domain',
  'wire-version',
  'role',
  'NOT_AUTHORIZED',
  'superseded',
  'stopping',
  'overloaded',
  'NOT_ACTIVE',
] as const;

const refuseSchema = object({
  kind: z.literal('refuse'),
  code: z.enum(REFUSE_CODES),
  text: z.string().check(z.maxLength(1024)),
  /** With `superseded`: the highest incarnation the name server has seen of this node. */
  incarnationFloor: z.optional(countField),
  /** With `NOT_ACTIVE`: where the name server is that is. */
  address: z.optional(addressField),
});

const challengeSchema = object({
  kind: z.literal('challenge'),
  scheme: z.string().check(z.maxLength(64)),
  data: z.unknown(),
});

export const answerSchema = z.discriminatedUnion('kind', [
  welcomeSchema,
  refuseSchema,
  challengeSchema,
]);

export type Welcome = z.infer<typeof welcomeSchema>;
export type Refuse = z.infer<typeof refuseSchema>;
export type Challenge = z.infer<typeof challengeSchema>;
export type HandshakeAnswer = z.infer<typeof answerSchema>;
export type RefuseCode = (typeof REFUSE_CODES)[number];

export function encodeHandshake(message: Hello | HandshakeAnswer): EncodedFrame {
  return encodeControl(message);
}

export function decodeHandshakeAnswer(frame: Uint8Array): Decoded<HandshakeAnswer> {
  return decodeControl(frame, answerSchema);
}
