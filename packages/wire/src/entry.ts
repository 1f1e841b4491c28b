import * as z from 'zod';
import {
  addressField,
  countField,
  groupNameField,
  membershipIdField,
  versionField,
} from './fields.js';

/** One member of a processor group as the name server lists it (`internal-layer.md` §2). */
export const memberSchema = z.object({
  id: membershipIdField,
  /** The version that added this membership. */
  joinVersion: versionField,
  /** Has its state snapshot; only full members change, claim, lead or are chosen. */
  full: z.boolean(),
  /** Where its daemon accepts links of other daemons. */
  address: addressField,
});

/** The name server's record of a processor group: one view. */
export const entrySchema = z.object({
  group: groupNameField,
  generation: countField,
  version: versionField,
  /** The version in which the present leader took over. */
  since: versionField,
  leader: membershipIdField,
  members: z.array(memberSchema).min(1).max(1024),
});

export type Member = z.infer<typeof memberSchema>;
export type Entry = z.infer<typeof entrySchema>;
