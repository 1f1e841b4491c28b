import type { GroupName } from '@group-services/core';
import type { ProcessGroupOptions } from '@group-services/process-group';
import type { Shared } from './shared.js';

/** The options of a group's external layer: those of its daemon. */
export function processGroupOptions(
  group: GroupName,
  { options, tally }: Shared,
  lookUpEvery: () => number,
): ProcessGroupOptions {
  const { node, lingerMs, proposalQueue, maxUnstableBytes, retryMs } = options;
  const lookupMs = (): number => retryMs * lookUpEvery();
  const limits = { lingerMs, proposalQueue, maxUnstableBytes };
  return { group, node, ...limits, lookupMs, tally: tally.groups };
}
