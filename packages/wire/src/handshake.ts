import * as z from 'zod';
import type { Decoded } from './decoded.js';
import { addressField, countField, nodeNameField, storeField } from './fields.js';
import { decodeControl, type EncodedFrame, encodeControl } from './frame.js';

/** The first frame each way of every connection (`command-line.md`, Handshake). */

export const MAGIC = 'group-services';

/** `minor`: of the highest version; 0 when left out. */
const wireVersionsField = z.object({
  min: countField,
  max: countField,
  minor: countField.optional(),
});

export const helloSchema = z.object({
  kind: z.literal('hello'),
  magic: z.literal(MAGIC),
  role: z.enum(['client', 'daemon', 'name-server']),
  wire: wireVersionsField,
  domain: z.string().min(1).max(255),
  node: nodeNameField.optional(),
  incarnation: countField.optional(),
  /** Milliseconds between a daemon's heartbeats. */
  heartbeat: countField.optional(),
  /** Where a daemon accepts links of other daemons. */
  address: addressField.optional(),
  /** Of a daemon: its node name will not return, and it stands still while it is alone for a lease. */
  ephemeral: z.boolean().optional(),
  features: z.array(z.string().max(64)).max(64),
  auth: z.object({ scheme: z.string().max(64), data: z.unknown() }).optional(),
  /** Label of a client, shown to operators. */
  name: z.string().max(256).optional(),
});

const welcomeSchema = z.object({
  kind: z.literal('welcome'),
  wire: countField,
  /** Of that version, and spoken by both; 0 when left out. */
  minor: countField.optional(),
  node: nodeNameField.optional(),
  incarnation: countField.optional(),
  /** The name server's start; answers of an earlier one are refused. */
  epoch: countField.optional(),
  /** Names the store of the name server's table. */
  store: storeField.optional(),
  features: z.array(z.string().max(64)).max(64),
  limits: z.record(z.string().max(64), countField),
  isolation: z.enum(['continue', 'suspend']).optional(),
  leaderRecovery: z.enum(['announced', 'silent', 'name-server']).optional(),
  /** The name server's lease in milliseconds. */
  lease: countField.optional(),
  /** The highest incarnation the name server has seen of this node. */
  incarnationFloor: countField.optional(),
  /** Admin endpoint of a daemon, for operators' tools. */
  admin: z.string().max(512).optional(),
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

const refuseSchema = z.object({
  kind: z.literal('refuse'),
  code: z.enum(REFUSE_CODES),
  text: z.string().max(1024),
  /** With `superseded`: the highest incarnation the name server has seen of this node. */
  incarnationFloor: countField.optional(),
  /** With `NOT_ACTIVE`: where the name server is that is. */
  address: addressField.optional(),
});

const challengeSchema = z.object({
  kind: z.literal('challenge'),
  scheme: z.string().max(64),
  data: z.unknown(),
});

export const answerSchema = z.discriminatedUnion('kind', [
  welcomeSchema,
  refuseSchema,
  challengeSchema,
]);

export type Hello = z.infer<typeof helloSchema>;
export type Welcome = z.infer<typeof welcomeSchema>;
export type Refuse = z.infer<typeof refuseSchema>;
export type Challenge = z.infer<typeof challengeSchema>;
export type HandshakeAnswer = z.infer<typeof answerSchema>;
export type RefuseCode = (typeof REFUSE_CODES)[number];

export function encodeHandshake(message: Hello | HandshakeAnswer): EncodedFrame {
  return encodeControl(message);
}

export function decodeHello(frame: Uint8Array): Decoded<Hello> {
  return decodeControl(frame, helloSchema);
}

export function decodeHandshakeAnswer(frame: Uint8Array): Decoded<HandshakeAnswer> {
  return decodeControl(frame, answerSchema);
}
