import * as z from 'zod';
import { configurationSchema } from './group.js';

/** What each member is started with: one JSON argument. */
export const jobSchema = z.object({
  group: z.string(),
  endpoint: z.string(),
  /** Its own folder. */
  folder: z.string(),
  worker: z.number(),
  /** The rollout begins when so many are there. */
  members: z.number(),
  /** More connections than this host can take: what asks for them is refused. */
  connectionsMax: z.number(),
  /** To be rolled out, one after the other. */
  plan: z.array(configurationSchema),
});

export type Job = z.infer<typeof jobSchema>;

/** A configuration that was voted down, and by whom. */
export interface Veto {
  readonly version: number;
  readonly by: string;
  readonly reason: string;
}

/** What a member tells the program that started it. */
export type Fact =
  | { readonly kind: 'joined'; readonly id: string }
  /** Everybody has come, and there is something to vote on. */
  | { readonly kind: 'began' }
  | { readonly kind: 'finished'; readonly vetoes: readonly Veto[] };
