import * as z from 'zod/mini';
import type { Decoded } from './decoded.js';
import { addressField, countField, nodeNameField, releaseField } from './fields.js';
import { decodeControl } from './frame.js';
import { object } from './object-schema.js';
import { MAGIC } from './version.js';

/**
 * What is said first on a connection, by who has dialled. It stands by itself: the checks of it belong to daemons and
 * name servers, and the library of processes carries none of them.
 */

/** `minor`: of the highest version; 0 when left out. */
const wireVersionsField = object({
  min: countField,
  max: countField,
  minor: z.optional(countField),
});

export const helloSchema = object({
  kind: z.literal('hello'),
  magic: z.literal(MAGIC),
  role: z.enum(['client', 'daemon', 'name-server']),
  wire: wireVersionsField,
  domain: z.string().check(z.minLength(1), z.maxLength(255)),
  node: z.optional(nodeNameField),
  incarnation: z.optional(countField),
  /** Milliseconds between a daemon's heartbeats. */
  heartbeat: z.optional(countField),
  /** Where a daemon accepts links of other daemons. */
  address: z.optional(addressField),
  /** Of a daemon: its node name will not return, and it stands still while it is alone for a lease. */
  ephemeral: z.optional(z.boolean()),
  /** Of a daemon: its process, for operators. */
  pid: z.optional(countField),
  /** Of a daemon: its operator wants it to take the place of one that lives. */
  replace: z.optional(z.literal(true)),
  /** Of a daemon: which release it is of, for people. */
  release: z.optional(releaseField),
  features: z.array(z.string().check(z.maxLength(64))).check(z.maxLength(64)),
  auth: z.optional(object({ scheme: z.string().check(z.maxLength(64)), data: z.unknown() })),
  /** Label of a client, shown to operators. */
  name: z.optional(z.string().check(z.maxLength(256))),
});

export type Hello = z.infer<typeof helloSchema>;

export function decodeHello(frame: Uint8Array): Decoded<Hello> {
  return decodeControl(frame, helloSchema);
}
