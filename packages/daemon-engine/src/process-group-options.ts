import type { GroupName } from '@group-services/core';
import { type GroupNews, type ProcessGroupOptions, weightOf } from '@group-services/process-group';
import type { Shared } from './shared.js';

/** The options of a group's external layer: those of its daemon. */
export function processGroupOptions(
  group: GroupName,
  shared: Shared,
  lookUpEvery: () => number,
): ProcessGroupOptions {
  const { options, tally } = shared;
  const { journal } = options;
  const lookupMs = (): number => options.retryMs * lookUpEvery();
  const counted = { ...options, group, lookupMs, tally: tally.groups };
  if (journal === undefined) return counted;
  const note = (news: GroupNews): void =>
    journal.add({ ...news, group }, shared.now, weightOf(news));
  return { ...counted, note };
}
