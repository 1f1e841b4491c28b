import { defineGroup, type GroupDefinition } from '@group-services/client';
import * as z from 'zod';

/** A file's place in the list, and its hash. */
const doneSchema = z.tuple([z.number().int().min(0), z.string()]);

/**
 * The crew's group: members tell each other which files are done, and the finished total is the
 * group state value.
 */
export function crewGroup(name: string) {
  return defineGroup({
    name,
    message: z.object({ done: z.array(doneSchema) }),
    state: z.object({ digest: z.string(), files: z.number() }),
  });
}

export type Done = z.infer<typeof doneSchema>;

/** The types that the definition carries. */
export type CrewTypes =
  ReturnType<typeof crewGroup> extends GroupDefinition<infer Types> ? Types : never;
