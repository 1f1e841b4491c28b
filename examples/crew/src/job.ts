import * as z from 'zod';

/** What the crew's parent hands to each worker: one JSON argument. */
export const jobSchema = z.object({
  group: z.string(),
  endpoint: z.string(),
  root: z.string(),
  /** File with the list of files, one per line. */
  list: z.string(),
  /** Milliseconds between two files, so that there is time to kill somebody. */
  pause: z.number().min(0),
});

export type Job = z.infer<typeof jobSchema>;

/** What a worker tells its parent. */
export type Report =
  | { readonly kind: 'joined'; readonly id: string; readonly again: boolean }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'took-over'; readonly from: readonly string[]; readonly files: number }
  | { readonly kind: 'finished'; readonly digest: string };
