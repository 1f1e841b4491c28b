import * as z from 'zod';

// What goes over the channel between a worker and the process that started it, and one level up
// between that process and a test.

/** A worker has come to a named place of its program and waits there for the word to go on. */
export const momentSchema = z.object({
  kind: z.literal('moment'),
  /** Number of the question, repeated in the answer. */
  number: z.number(),
  name: z.string(),
});

/** From a worker. */
export const reportSchema = z.discriminatedUnion('kind', [
  momentSchema,
  z.object({ kind: z.literal('say'), text: z.string() }),
  z.object({ kind: z.literal('fact'), fact: z.unknown() }),
  z.object({ kind: z.literal('end') }),
]);

/** To whoever started the program: the moment and whose it is. */
export const seenMomentSchema = momentSchema.extend({ worker: z.number(), pid: z.number() });

export type SeenMoment = z.infer<typeof seenMomentSchema>;

/** The answer to a moment. */
export const goSchema = z.object({ kind: z.literal('go'), number: z.number() });

export type Go = z.infer<typeof goSchema>;
