import * as z from 'zod';
import type { Manifest } from './group.js';

/** What each process is started with: one JSON argument. */
export const jobSchema = z.object({
  group: z.string(),
  endpoint: z.string(),
  /** The folder of the run; each process has its own below it. */
  folder: z.string(),
  /** The number of this process. */
  worker: z.number(),
  /** How many there are; the work begins when all have joined. */
  processes: z.number(),
  /** The work ends with this checkpoint. */
  checkpoints: z.number(),
});

export type Job = z.infer<typeof jobSchema>;

/** What a process tells the program that started it. */
export type Fact =
  | { readonly kind: 'joined' }
  /** This manifest was approved; it is told when it is on the disk of the process that tells it. */
  | { readonly kind: 'approved'; readonly manifest: Manifest };
