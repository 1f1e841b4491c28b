import type { PartialAttributes, Phases, Refusal } from '@group-services/wire';
import { invalidArgument } from './refusals.js';

/**
 * Every protocol of this version has one phase: what asks for a vote or for batches is refused here,
 * by name, instead of being run differently from what was asked.
 */
const NOT_YET = 'voting protocols are not available yet';

export function phasesGuard(phases: Phases): Refusal | undefined {
  return phases === 1 ? undefined : invalidArgument('phases', `${NOT_YET}; leave it out or give 1`);
}

export function attributesGuard(attributes: PartialAttributes): Refusal | undefined {
  for (const name of ['joinPhases', 'failurePhases'] as const) {
    const phases = attributes[name];
    if (phases !== undefined && phases !== 1) {
      return invalidArgument(`attributes.${name}`, `${NOT_YET}; leave it out or give 1`);
    }
  }
  if (attributes.batch === undefined || attributes.batch === 'none') return undefined;
  const text = "batching is not available yet; leave it out or give 'none'";
  return invalidArgument('attributes.batch', text);
}
