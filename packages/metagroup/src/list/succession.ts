import type { Member } from '@group-services/wire';
import type { Shared } from '../shared.js';

/**
 * Who takes over from a leader that gives up the lead in order: the oldest other full member. One whose
 * daemon is being drained would have to give the lead on at once, so that it comes last.
 */
export function successorAmong(
  members: readonly Member[],
  shared: Pick<Shared, 'self' | 'isDrained'>,
): Member | undefined {
  const full = members.filter((member) => member.full && member.id !== shared.self);
  return full.find((member) => !shared.isDrained(member.id)) ?? full[0];
}
