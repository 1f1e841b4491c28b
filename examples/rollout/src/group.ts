import { defineGroup, type GroupDefinition } from '@group-services/client';
import * as z from 'zod';

/** What is rolled out. */
export const configurationSchema = z.object({
  version: z.number().int().min(1),
  maxConnections: z.number().int().min(1),
});

export type Configuration = z.infer<typeof configurationSchema>;

/**
 * The configuration in force is the group state value. A vote against a new one carries its reason.
 *
 * The default vote is to reject: a member that dies, or does not answer in time, has not prepared, and
 * what somebody has not prepared must not come into force.
 */
export function rolloutGroup(name: string) {
  return defineGroup({
    name,
    state: configurationSchema,
    message: z.object({ reason: z.string() }),
    attributes: { defaultVote: 'reject', timeLimit: 10_000 },
  });
}

/** The types that the definition carries. */
export type RolloutTypes =
  ReturnType<typeof rolloutGroup> extends GroupDefinition<infer Types> ? Types : never;
