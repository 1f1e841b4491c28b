import { DOMAIN_MUTATIONS } from './domain-mutations.js';
import { EXTERNAL_MUTATIONS } from './external-mutations.js';
import { INTERNAL_MUTATIONS } from './internal-mutations.js';

export { DOMAIN_MUTATIONS, EXTERNAL_MUTATIONS, INTERNAL_MUTATIONS };

/**
 * Deliberate defects, each of which takes one protection of the protocols away
 * (docs/TESTING.md, Mutations). The simulator switches one on and must then find a seed that fails:
 * that shows that its faults and checkers would notice if the protection were really missing.
 *
 * Engines ask {@link mutated} at the place of the protection. Nothing but {@link mutate} changes the
 * answer from no to yes, and the published package does not offer it: outside tests and the simulator
 * every such question compares with a variable that nobody writes.
 */
export const MUTATIONS = {
  ...INTERNAL_MUTATIONS,
  ...EXTERNAL_MUTATIONS,
  ...DOMAIN_MUTATIONS,
} as const;

/** A defect of the internal layer or of the name server. */
export type InternalMutation = keyof typeof INTERNAL_MUTATIONS;

/** A defect of the external layer. */
export type ExternalMutation = keyof typeof EXTERNAL_MUTATIONS;

/** A defect that only a whole domain shows. */
export type DomainMutation = keyof typeof DOMAIN_MUTATIONS;

/** A deliberate defect. */
export type MutationName = InternalMutation | ExternalMutation | DomainMutation;

let present: MutationName | undefined;

/** Whether this defect is switched on; never, outside tests and the simulator. */
export function mutated(name: MutationName): boolean {
  return present === name;
}

/** Switches a defect on, or all off. Module state, so that engines need no way to be told. */
export function mutate(name: MutationName | undefined): void {
  present = name;
}
