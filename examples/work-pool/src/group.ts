import { defineGroup, type GroupDefinition } from '@group-services/client';
import * as z from 'zod';

/** Who works on which partition. */
export const assignmentSchema = z.object({
  /** The fencing token of the view for which it was made. */
  fence: z.string(),
  /** Provider ids, by partition. */
  owners: z.array(z.string()),
});

export type Assignment = z.infer<typeof assignmentSchema>;

/**
 * The assignment is the group state value.
 *
 * The default vote is to reject: who has not said that it stopped may still be working. Its partitions
 * are given to others when the group has removed it, and not before.
 */
export function workPoolGroup(name: string) {
  return defineGroup({
    name,
    state: assignmentSchema,
    message: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('finished'), partition: z.number() }),
      z.object({ kind: z.literal('objection'), reason: z.string() }),
    ]),
    attributes: { defaultVote: 'reject', timeLimit: 10_000 },
  });
}

/** The types that the definition carries. */
export type WorkPoolTypes =
  ReturnType<typeof workPoolGroup> extends GroupDefinition<infer Types> ? Types : never;
