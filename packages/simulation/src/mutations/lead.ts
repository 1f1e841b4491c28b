import type { Mutation } from './mutation.js';

/** Defects of several name servers on one etcd, by name. The seeds of `src/lead` notice them. */

const ENGINE = 'packages/name-server/src/lead/lead-engine.ts';

export const LEAD_MUTATIONS = {
  'lead-unguarded': {
    what: 'a name server writes to its table although another one may be active',
    edits: [{ file: ENGINE, find: 'when: [isOurs, isThere],', replace: 'when: [],' }],
  },
  'lead-position-ignored': {
    what: 'a transaction that comes late is done once more',
    edits: [{ file: ENGINE, find: 'when: [isOurs, isThere],', replace: 'when: [isOurs],' }],
  },
  'lead-lease-unchecked': {
    what: 'a name server answers although its lease may be over',
    edits: [
      {
        file: ENGINE,
        find: 'if (now >= (this.#lease?.validUntil ?? NEVER)) this.#giveUp',
        replace: 'if (now > NEVER) this.#giveUp',
      },
      {
        file: ENGINE,
        find: "this.#state === 'active' && now < (this.#lease?.validUntil ?? now)",
        replace: "this.#state === 'active'",
      },
      {
        file: ENGINE,
        find: 'this.#signAt, this.#lease?.validUntil ?? NEVER)',
        replace: 'this.#signAt)',
      },
    ],
  },
  'lead-lease-from-answer': {
    what: 'a lease counts from the answer to a sign of life, and not from the sign',
    edits: [
      {
        file: ENGINE,
        find: 'this.#lease.keptAlive({ ttlMs, askedAt });',
        replace: 'this.#lease.keptAlive({ ttlMs, askedAt: this.#now });',
      },
    ],
  },
  'lead-stale-read': {
    what: 'whoever becomes active takes the table of a member of etcd that lags',
    edits: [
      {
        file: ENGINE,
        find: "this.#ask({ kind: 'read', consistency: 'linearizable' });",
        replace: "this.#ask({ kind: 'read', consistency: 'serializable' });",
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
