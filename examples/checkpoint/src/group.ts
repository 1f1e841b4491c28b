import { defineGroup, type GroupDefinition } from '@group-services/client';
import * as z from 'zod';

/** What one process has written for a checkpoint. */
const partSchema = z.object({
  /** The process, by its number; provider ids change with every start. */
  owner: z.number().int().min(0),
  /** Below the folder of the run. */
  file: z.string(),
  /** SHA-256 of the file. */
  digest: z.string(),
});

/** A checkpoint: all its parts, one of each process. Number 0 is the beginning and has no parts. */
export const manifestSchema = z.object({
  number: z.number().int().min(0),
  parts: z.array(partSchema),
});

export type Part = z.infer<typeof partSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

const transferSchema = z.object({ from: z.number(), to: z.number(), amount: z.number() });

export type Transfer = z.infer<typeof transferSchema>;

/**
 * The newest manifest is the group state value. Messages are the work, a transfer from one process to
 * another, or ride on votes: the part that the voter has written, or the newest manifest it knows.
 *
 * The default vote is to reject: whoever dies has perhaps not written its part.
 */
export function checkpointGroup(name: string) {
  return defineGroup({
    name,
    state: manifestSchema,
    message: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('transfer'), transfer: transferSchema }),
      z.object({ kind: z.literal('part'), part: partSchema }),
      z.object({ kind: z.literal('newest'), manifest: manifestSchema }),
      z.object({ kind: z.literal('incomplete'), reason: z.string() }),
    ]),
    attributes: { defaultVote: 'reject', timeLimit: 10_000 },
  });
}

/** The types that the definition carries. */
export type CheckpointTypes =
  ReturnType<typeof checkpointGroup> extends GroupDefinition<infer Types> ? Types : never;
