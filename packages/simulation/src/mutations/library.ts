import type { Mutation } from './mutation.js';

/** Defects of the client library and of the recipes, by name; programs on virtual time notice them. */

const MAP = 'packages/recipes/src/replica/map.ts';

export const LIBRARY_MUTATIONS = {
  'fresh-read-is-local': {
    what: 'a fresh read of a map answers with what is here',
    edits: [
      {
        file: MAP,
        find: "return this.#do({ op: 'read', key }, options) as Promise<V | undefined>;",
        replace: 'return Promise.resolve(this.#machine.entries.get(key)?.value as V | undefined);',
      },
    ],
  },
  'dispatched-agreed': {
    what: 'a replicated action is answered before every daemon has it',
    edits: [
      {
        file: 'packages/recipes/src/replica/member.ts',
        find: "encodeAction(number, action), { delivery: 'safe', signal }",
        replace: "encodeAction(number, action), { delivery: 'agreed', signal }",
      },
    ],
  },
  'two-places-for-one': {
    what: 'the second of a list holds the lock as well',
    edits: [
      {
        file: 'packages/recipes/src/places/place.ts',
        find: 'return index >= 0 && index < count;',
        replace: 'return index >= 0 && index <= count;',
      },
    ],
  },
  'claims-die-with-their-holder': {
    what: 'what somebody worked on who is gone goes out of the queue',
    edits: [
      {
        file: 'packages/recipes/src/replica/queue-machine.ts',
        find: 'if (by !== undefined && !present.has(by)) this.#release(id);',
        replace: 'if (by !== undefined && !present.has(by)) this.#items.delete(id);',
      },
    ],
  },
  'let-go-by-word': {
    what: 'a newcomer is let in before its keys are let go of',
    edits: [
      {
        file: 'packages/recipes/src/partition/partition.ts',
        find: 'await this.holdings.only(this.#share(provider), ballot.signal);',
        replace: '',
      },
    ],
  },
  'head-of-another': {
    what: 'what leaves alone is encoded before what was gathered leaves',
    edits: [
      {
        file: 'packages/client/src/connection/outgoing.ts',
        find: `encode(message: FromClient): EncodedFrame {
    this.flush();`,
        replace: 'encode(message: FromClient): EncodedFrame {',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
