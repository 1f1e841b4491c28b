import * as z from 'zod/mini';
import {
  addressField,
  countField,
  groupNameField,
  membershipIdField,
  versionField,
} from './fields.js';
import { object } from './object-schema.js';

/** One member of a processor group as the name server lists it (`internal-layer.md` §2). */
export const memberSchema = object({
  id: membershipIdField,
  /** The version that added this membership. */
  joinVersion: versionField,
  /** Has its state snapshot; only full members change, claim, lead or are chosen. */
  full: z.boolean(),
  /** Where its daemon accepts links of other daemons. */
  address: addressField,
});

/** The name server's record of a processor group: one view. */
export const entrySchema = object({
  group: groupNameField,
  generation: countField,
  version: versionField,
  /** The version in which the present leader took over. */
  since: versionField,
  leader: membershipIdField,
  members: z.array(memberSchema).check(z.minLength(1), z.maxLength(1024)),
});

export type Member = z.infer<typeof memberSchema>;
export type Entry = z.infer<typeof entrySchema>;
