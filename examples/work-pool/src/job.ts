import * as z from 'zod';

/** What each worker is started with: one JSON argument. */
export const jobSchema = z.object({
  group: z.string(),
  endpoint: z.string(),
  /** Shared by all: a folder for each partition. */
  folder: z.string(),
  worker: z.number(),
  partitions: z.number(),
  /** Items of each partition. */
  items: z.number(),
  /** Milliseconds of work for each item. */
  pause: z.number().min(0),
});

export type Job = z.infer<typeof jobSchema>;

/** What a worker tells the program that started it. */
export type Fact =
  | { readonly kind: 'joined'; readonly id: string }
  /** One more item is done. */
  | { readonly kind: 'done' };
