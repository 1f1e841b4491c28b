import type { Mutation } from './mutation.js';

/** Defects of the client library and of the recipes, by name; programs on virtual time notice them. */

const ELECT = 'packages/recipes/src/places/elect.ts';
const LOCKS = 'packages/recipes/src/places/locks.ts';
const MAP = 'packages/recipes/src/replica/map.ts';
const ROLLING_RESTART = 'packages/recipes/src/replica/rolling-restart.ts';
const ROUNDS = 'packages/recipes/src/together/rounds.ts';
const ROLLOUT = 'packages/recipes/src/together/rollout.ts';

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
  'behind-forgotten': {
    what: 'a newcomer forgets what came while the state was on its way',
    edits: [
      {
        file: 'packages/recipes/src/replica/member.ts',
        find: "else if (event.type === 'message') this.#applyBehind(event);",
        replace: '',
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
  'keys-move-with-the-number': {
    what: 'who owns a key depends on how many members there are',
    edits: [
      {
        file: 'packages/recipes/src/partition/rendezvous.ts',
        find: '-weight / Math.log(unitHash(',
        replace: '-weight / Math.log(unitHash(members.length + ',
      },
    ],
  },
  'two-lead': {
    what: 'the second of the candidates leads as well',
    edits: [
      {
        file: ELECT,
        find: 'const place = watchPlace(provider, among(1));',
        replace: 'const place = watchPlace(provider, among(2));',
      },
    ],
  },
  'failed-quietly': {
    what: 'whoever ran a singleton that failed is told that it was done',
    edits: [{ file: ELECT, find: 'if (!term.signal.aborted) throw error;', replace: '' }],
  },
  'done-when-asked': {
    what: 'a member is done with a round as soon as another is',
    edits: [
      {
        file: ROUNDS,
        find: 'while (!ballot.signal.aborted && !(this.#isDone && this.#votedIn === undefined)) {',
        replace: 'while (!ballot.signal.aborted && this.#votedIn !== undefined) {',
      },
    ],
  },
  'done-for-ever': {
    what: 'who was done with one phase is done with the next',
    edits: [
      {
        file: ROUNDS,
        find: `this.#isDone = false;
    this.#votedIn = undefined;`,
        replace: 'this.#votedIn = undefined;',
      },
    ],
  },
  'restarts-below-the-minimum': {
    what: 'members restart although too few are up',
    edits: [
      {
        file: ROLLING_RESTART,
        find: 'if (this.#members.length - 1 < this.#minimum) return;',
        replace: '',
      },
    ],
  },
  'one-permit-more': {
    what: 'a semaphore has a permit more than it was made with',
    edits: [
      {
        file: LOCKS,
        find: "return this.#locks.acquire('lock', among(this.#permits), options);",
        replace: "return this.#locks.acquire('lock', among(this.#permits + 1), options);",
      },
    ],
  },
  'reads-past-writers': {
    what: 'a reader does not wait for the writers before it',
    edits: [
      {
        file: LOCKS,
        find: '!view.providers.slice(0, index).some(',
        replace: '!view.providers.slice(0, 0).some(',
      },
    ],
  },
  'votes-before-it-meets': {
    what: 'a member says that it is at the barrier when it is asked, and not when it is',
    edits: [
      {
        file: 'packages/recipes/src/together/barrier.ts',
        find: `if (meeting !== undefined && meeting.votedIn === undefined) {
        meeting.votedIn = ballot.protocol.id;
        break;
      }`,
        replace: `if (meeting !== undefined) meeting.votedIn ??= ballot.protocol.id;
      break;`,
      },
    ],
  },
  'too-few-meet': {
    what: 'a barrier goes on although one of too few has gone since it was proposed',
    edits: [
      {
        file: 'packages/recipes/src/together/barrier.ts',
        find: "if (ballot.view.providers.length < this.#parties) return 'reject';",
        replace: '',
      },
    ],
  },
  'one-step-rollout': {
    what: 'a value is in force when it was prepared, and nobody commits it',
    edits: [
      {
        file: ROLLOUT,
        find: 'const phases = { exactly: 2 };',
        replace: 'const phases = { exactly: 1 };',
      },
    ],
  },
  'nothing-taken-back': {
    what: 'what was prepared stays when somebody was against it',
    edits: [
      {
        file: ROLLOUT,
        find: `if (event.type !== 'rejected' || event.protocol?.id !== this.#open?.protocol) continue;
      await this.#takeBack();`,
        replace: '',
      },
    ],
  },
  'everybody-does-it-once': {
    what: 'once is done by everybody who asks, and not by the oldest',
    edits: [
      {
        file: 'packages/recipes/src/together/once.ts',
        find: 'if (!provider.isOldest || mine !== undefined) continue;',
        replace: 'if (mine !== undefined) continue;',
      },
    ],
  },
  'listed-by-their-words': {
    what: 'whoever has said something about itself is here',
    edits: [
      {
        file: 'packages/recipes/src/together/presence.ts',
        find: 'this.#present = view.providers.flatMap((id) =>',
        replace:
          'this.#present = [...new Set([...view.providers, ...Object.keys(metadata)])].flatMap((id) =>',
      },
    ],
  },
  'waits-for-the-gone': {
    what: 'a question waits for the answer of one that has gone',
    edits: [
      {
        file: 'packages/recipes/src/together/scatter.ts',
        find: 'for (const { provider: id } of event.left) this.#answered(id, { from: id, error: GONE });',
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
