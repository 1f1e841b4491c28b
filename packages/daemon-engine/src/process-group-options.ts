import type { GroupName } from '@group-services/core';
import type { ProcessGroupOptions } from '@group-services/process-group';
import type { Shared } from './shared.js';

/** The options of a group's external layer: those of its daemon. */
export function processGroupOptions(
  group: GroupName,
  { options, tally }: Shared,
  lookUpEvery: () => number,
): ProcessGroupOptions {
  const lookupMs = (): number => options.retryMs * lookUpEvery();
  return { ...options, group, lookupMs, tally: tally.groups };
}
