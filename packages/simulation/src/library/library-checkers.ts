import type { Checker } from '../checkers/checker.js';
import { allCheckers } from '../checkers/index.js';
import type { Profile } from '../profile/profile.js';

/** They ask payloads who has sent them, which only those of drawn processes say. */
const OF_DRAWN_PAYLOADS: ReadonlySet<string> = new Set([
  'refusals',
  'same-content',
  'sender-order',
  'state-fold',
  'stories',
]);

/** All that can judge processes whose payloads are their own. */
export function libraryCheckers(profile: Profile): readonly Checker[] {
  return allCheckers(profile).filter(({ name }) => !OF_DRAWN_PAYLOADS.has(name));
}
