import type { Mutation } from './mutation.js';

const NODE = 'packages/process-group/src/node';

/** Defects of groups that depend on other groups (B12). */
export const DEPENDENT_MUTATIONS = {
  'joined-without-source': {
    what: 'a target group may be joined on a node without its source',
    edits: [
      {
        file: `${NODE}/sources.ts`,
        find: 'return here.joinable ? undefined : sourceMissing(source);',
        replace: 'return undefined;',
      },
    ],
  },
  'nobody-cast-out': {
    what: 'providers of a target group stay where the source has left',
    edits: [
      {
        file: `${NODE}/sources.ts`,
        find: 'if (here === undefined || here.provided) return;',
        replace: 'if (here === undefined || here.joinable !== undefined) return;',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
