import type { Mutation } from './mutation.js';

/** Defects of the name server and of how a daemon deals with it, by name. */

const NAME_SERVER = 'packages/name-server/src';
const LINK = 'packages/daemon-engine/src/name-server-link.ts';

export const NAME_SERVER_MUTATIONS = {
  'names-not-held': {
    what: 'a second daemon of a node ends the first one although that lives',
    edits: [
      {
        file: `${NAME_SERVER}/newcomers.ts`,
        find: 'return isOlder && roster.isConnected(holder) ? holder : undefined;',
        replace: 'return isOlder && !roster.isConnected(holder) ? holder : undefined;',
      },
    ],
  },
  // The check of the asker goes as well: a deposed leader is listed no more, and refused for that.
  'outdated-version-accepted': {
    what: 'the name server accepts a change of a version that is not current',
    edits: [
      {
        file: `${NAME_SERVER}/change-rules.ts`,
        find: "if (entry.version !== question.fromVersion) return refused('version');",
        replace: `if (entry.version !== question.fromVersion) {
          const { leader, fromVersion: since } = question;
          const members = question.members.map((member) => ({ ...member, full: true }));
          const next = { ...entry, version: entry.version + 1, since, leader, members };
          return { kind: 'change', next };
        }`,
      },
    ],
  },
  'leader-without-state': {
    what: 'a joiner counts as full and may be chosen as leader',
    edits: [
      { file: `${NAME_SERVER}/change-rules.ts`, find: 'full: false,', replace: 'full: true,' },
    ],
  },
  'old-incarnation-accepted': {
    what: 'the name server does not see that a restart ends the earlier life',
    edits: [
      {
        file: `${NAME_SERVER}/table.ts`,
        find: 'isSuperseded(daemon: DaemonId): boolean {',
        replace: 'isSuperseded(daemon: DaemonId): boolean { return false;',
      },
    ],
  },
  'later-start-kept-quiet': {
    what: 'who meets an earlier start of a node than it knows of does not tell the name server',
    edits: [
      {
        file: 'packages/daemon-engine/src/later-starts.ts',
        find: 'toTell(): readonly LaterStart[] {',
        replace: 'toTell(): readonly LaterStart[] { return [];',
      },
    ],
  },
  'nodes-asked-once': {
    what: 'a daemon whose processes watch the nodes does not ask anew on its next connection',
    edits: [
      {
        file: 'packages/daemon-engine/src/nodes-list.ts',
        find: 'if (this.#isWanted) this.#ask();',
        replace: '',
      },
    ],
  },
  'registration-by-halves': {
    what: 'the name server takes each piece of a registration for the whole of it',
    edits: [
      {
        file: `${NAME_SERVER}/gathering.ts`,
        find: 'if (unfinished === undefined && (!isPiece || message.more !== true)) {',
        replace: 'if (isPiece || unfinished === undefined) {',
      },
    ],
  },
  'digest-always-matches': {
    what: 'the name server takes every digest for what the table has, and tells nothing of what was missed',
    edits: [
      {
        file: `${NAME_SERVER}/replies.ts`,
        find: 'if (table.held.digestOf(from) !== digest) return',
        replace: 'if (table.held.digestOf(from) === undefined) return',
      },
    ],
  },
  'highest-version-continues': {
    what: 'a name server without a store continues with the highest version that it hears of',
    edits: [
      {
        file: `${NAME_SERVER}/registrar.ts`,
        find: 'if (missing.length === 0 && !isOutdated) {',
        replace: 'if (true) {',
      },
    ],
  },
  'ephemeral-gone-early': {
    what: 'the name server takes an ephemeral daemon for gone while its lease may still run',
    edits: [
      {
        file: `${NAME_SERVER}/silence.ts`,
        find: 'return leastSilence(leaseMs);',
        replace: 'return leaseMs / 4;',
      },
    ],
  },
  'lease-from-answer': {
    what: 'contact lasts from the arrival of an answer, not from its question',
    edits: [
      {
        file: LINK,
        find: 'Math.max(this.#contactUntil, sentAt + this.#leaseMs)',
        replace: 'Math.max(this.#contactUntil, this.#shared.now + this.#leaseMs)',
      },
    ],
  },
  'ephemeral-goes-on': {
    what: 'an ephemeral daemon goes on when it has reached the name server for no lease',
    edits: [
      {
        file: LINK,
        find: 'return this.#shared.options.ephemeral === true && this.#epoch !== undefined;',
        replace: 'return false;',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
