import { type Ballot, defineGroup, type GroupDefinition, reject } from '@group-services/client';
import { z } from 'zod';

/** The group: its state value is the plan, and its members can write to one another. */
export const team = defineGroup({
  name: 'team',
  state: z.object({ plan: z.string() }),
  message: z.object({ text: z.string() }),
  attributes: { timeLimit: 5_000 },
});

type Team = typeof team extends GroupDefinition<infer Types> ? Types : never;

/** How a member votes on a plan: one voice against it is enough. */
export function vote(ballot: Ballot<Team>) {
  const plan = ballot.proposedStateValue?.plan ?? '';
  if (plan.includes('everything at once')) {
    return reject({ message: { text: 'one thing after the other' } });
  }
  return 'approve' as const;
}
