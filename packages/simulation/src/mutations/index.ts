import { DOMAIN_MUTATIONS } from './domain.js';
import { EXTERNAL_MUTATIONS } from './external.js';
import { LEAD_MUTATIONS } from './lead.js';
import { LIBRARY_MUTATIONS } from './library.js';
import { MEMBER_MUTATIONS } from './members.js';
import type { Mutation } from './mutation.js';
import { NAME_SERVER_MUTATIONS } from './name-server.js';

export { EXTERNAL_MUTATIONS, LEAD_MUTATIONS, LIBRARY_MUTATIONS, MEMBER_MUTATIONS };

/** Every deliberate defect, by name (docs/TESTING.md, Mutations). */
const ALL = {
  ...MEMBER_MUTATIONS,
  ...NAME_SERVER_MUTATIONS,
  ...EXTERNAL_MUTATIONS,
  ...DOMAIN_MUTATIONS,
  ...LIBRARY_MUTATIONS,
  ...LEAD_MUTATIONS,
} as const;

/** A defect of a member of a processor group. */
export type MemberMutation = keyof typeof MEMBER_MUTATIONS;

/** A defect of the external layer. */
export type ExternalMutation = keyof typeof EXTERNAL_MUTATIONS;

/** A defect of the client library or of a recipe. */
export type LibraryMutation = keyof typeof LIBRARY_MUTATIONS;

/** A deliberate defect. */
export type MutationName = keyof typeof ALL;

export const MUTATIONS: Readonly<Record<MutationName, Mutation>> = ALL;

// The keys of an object literal are its type's keys.
export const MUTATION_NAMES = Object.keys(ALL) as readonly MutationName[];

/** Those that are looked for in seeds: the others are in no program that the simulator runs by itself. */
export const SEED_MUTATION_NAMES: readonly MutationName[] = MUTATION_NAMES.filter(
  (name) => !(name in LIBRARY_MUTATIONS) && !(name in LEAD_MUTATIONS),
);
