import type { Mutation } from './mutation.js';

/** Defects of the members of a processor group, by name. */

const JOINING = 'packages/metagroup/src/joining';
const STREAM = 'packages/metagroup/src/stream';
const TAKEOVER = 'packages/metagroup/src/takeover/takeover.ts';

/** Half of the members would do, or none at all. */
const ALL_HAVE_ANSWERED = 'if (!others.every(({ id }) => this.#answers.has(id))) return;';
/** What an entry of the log must be to wait until it is stable. */
const WAITS_FOR_STABLE = '(entry.safe || entry.view)';

export const MEMBER_MUTATIONS = {
  'no-promise-freeze': {
    what: 'a member answers TAKEOVER without promising and goes on with the old leader',
    edits: [
      {
        file: TAKEOVER,
        find: `    shared.footing.freeze(from, entry.version);
    this.#answer(from, entry.version);
    return true;`,
        replace: `    this.#answer(from, entry.version);
    return false;`,
      },
      {
        file: TAKEOVER,
        find: 'if (version !== shared.footing.frozen || from !== shared.footing.leader) return;',
        replace: '',
      },
      {
        file: `${STREAM}/following.ts`,
        find: 'if (stamp.since > shared.footing.promised) return false;',
        replace: '',
      },
    ],
  },
  'takeover-by-majority': {
    what: 'a takeover is over when half of the other members have answered',
    edits: [
      {
        file: TAKEOVER,
        find: ALL_HAVE_ANSWERED,
        replace: `const answered = others.filter(({ id }) => this.#answers.has(id)).length;
          if (answered * 2 < others.length) return;`,
      },
    ],
  },
  'places-before-cut': {
    what: 'a new leader places messages before it knows the cut',
    edits: [{ file: TAKEOVER, find: ALL_HAVE_ANSWERED, replace: '' }],
  },
  // In seeds a takeover that begins anew within one delay of an answer to the last is too rare: there is a course.
  'aborted-state-counted': {
    what: 'an answer to a takeover that was given up counts in the next one',
    edits: [
      {
        file: TAKEOVER,
        find: 'if (version !== this.entry.version || this.#cut !== undefined) return;',
        replace: 'if (this.#cut !== undefined) return;',
      },
    ],
  },
  'beyond-prefix-kept': {
    what: 'what lies beyond the contiguous prefix is kept after a takeover',
    edits: [
      {
        file: `${STREAM}/log.ts`,
        find: 'dropAboveContiguous(): void {',
        replace: 'dropAboveContiguous(): void { return;',
      },
    ],
  },
  'cut-before-stable': {
    what: 'safe messages up to the cut of a takeover are delivered before they are stable',
    edits: [
      {
        file: `${STREAM}/delivery.ts`,
        find: WAITS_FOR_STABLE,
        replace: `${WAITS_FOR_STABLE} && entry.seq > shared.footing.cut`,
      },
    ],
  },
  'safe-before-stable': {
    what: 'safe messages are delivered as soon as they are contiguous',
    edits: [{ file: `${STREAM}/delivery.ts`, find: WAITS_FOR_STABLE, replace: 'entry.view' }],
  },
  'view-before-stable': {
    what: 'views are delivered as soon as they are contiguous',
    edits: [
      {
        file: `${STREAM}/delivery.ts`,
        find: WAITS_FOR_STABLE,
        replace: '(entry.safe && !entry.view)',
      },
    ],
  },
  'dropped-too-early': {
    what: 'retained messages are dropped one too early',
    edits: [
      {
        file: `${STREAM}/delivery.ts`,
        find: 'Math.min(shared.stable, shared.delivered)',
        replace: 'Math.min(shared.stable + 1, shared.delivered)',
      },
    ],
  },
  'no-dedupe': {
    what: 'a new leader does not know which submissions are in the stream already',
    edits: [
      { file: `${STREAM}/leading.ts`, find: 'this.#countPlaced(cut);', replace: '' },
      {
        file: `${STREAM}/leading.ts`,
        find: 'this.#placedCounters.get(origin) ?? 0',
        replace: 'this.#placedCounters.get(origin) ?? what.counter - 1',
      },
    ],
  },
  'stability-without-suspects': {
    what: 'who is merely suspected does not count for stability',
    edits: [
      {
        file: `${STREAM}/leading.ts`,
        find: 'Math.min(shared.log.contiguous, this.stability.minimum)',
        replace: `Math.min(
          shared.log.contiguous,
          ...this.stability
            .members()
            .filter(({ member }) => !shared.isSuspected(member.id))
            .map(({ contiguous }) => contiguous),
        )`,
      },
    ],
  },
  'stability-without-joiners': {
    what: 'who has no state yet does not count for stability',
    edits: [
      {
        file: `${STREAM}/stability.ts`,
        find: 'for (const { contiguous } of this.#members) {',
        replace: 'for (const { contiguous } of this.#members.filter(({ full }) => full)) {',
      },
    ],
  },
  'members-in-part': {
    what: 'a safe message is stable for a member once one of the others has told that it has it',
    edits: [
      {
        file: `${STREAM}/mutual.ts`,
        find: 'upTo = Math.min(upTo, this.#has.get(id) ?? 0);',
        replace: 'upTo = Math.min(upTo, Math.max(0, ...this.#has.values()));',
      },
    ],
  },
  'members-ahead-of-a-view': {
    what: 'who joins with a view does not count for what members tell each other behind it',
    edits: [
      {
        file: `${STREAM}/mutual.ts`,
        find: 'const stable = this.#beforeNextView(upTo);',
        replace: 'const stable = upTo;',
      },
    ],
  },
  // Two protections, each of which is enough: versions are compared, and memberships are.
  'earlier-acks-counted': {
    what: 'acknowledgements of an earlier version and membership count',
    edits: [
      {
        file: `${STREAM}/leading.ts`,
        find: "import { Syncing } from './syncing.js';",
        replace: `import { daemonOf, nodeOf } from '@group-services/core';
          import { Syncing } from './syncing.js';
          const node = (id) => nodeOf(daemonOf(id));`,
      },
      {
        file: `${STREAM}/leading.ts`,
        find: `onAck(from: MembershipId, ack: Acknowledgement): void {
    const progress = this.stability.of(from);`,
        replace: `onAck(from, ack) {
        const progress =
          this.stability.of(from) ??
          this.stability.members().find(({ member }) => node(member.id) === node(from));`,
      },
      {
        file: `${STREAM}/stability.ts`,
        find: 'if (this.#isOutdated(progress, ack)) return false;',
        replace: '',
      },
    ],
  },
  'snapshot-without-counters': {
    what: "a joiner's snapshot lacks the counters that recognise duplicates",
    edits: [
      {
        file: `${JOINING}/wanted-snapshots.ts`,
        find: '[...this.#shared.counters]',
        replace: '[]',
      },
    ],
  },
  'snapshot-one-late': {
    what: 'a joiner takes its snapshot for one position later than it is',
    edits: [
      {
        file: `${JOINING}/joining.ts`,
        find: 'this.#startAt(last.position, snapshot.value);',
        replace: 'this.#startAt(last.position + 1, snapshot.value);',
      },
    ],
  },
  'deposed-leader-obeyed': {
    what: 'messages of a lower version than the promised one are accepted',
    edits: [
      {
        file: `${STREAM}/following.ts`,
        find: 'if (stamp.version < shared.footing.promised) {',
        replace: 'if (false) {',
      },
    ],
  },
  'nack-wrong-version': {
    what: 'repairs carry the version before the present one',
    edits: [
      {
        file: `${STREAM}/leading.ts`,
        find: 'this.#shared.send(progress.member.id, this.#data(entry, seq === end));',
        replace: `const data = this.#data(entry, seq === end);
          this.#shared.send(progress.member.id, { ...data, version: data.version - 1 });`,
      },
    ],
  },
  // In seeds SYNC makes up for it, since the idle limit is short there; with that of a real domain there is a course.
  'nack-once': {
    what: 'a question for missing messages that is lost is not repeated by its timer',
    edits: [
      {
        file: `${STREAM}/acknowledging.ts`,
        find: `    }
    this.#nackAt = shared.now + shared.options.retryMs;`,
        replace: `    }
    this.#nackAt = NEVER;`,
      },
    ],
  },
  // The look at members without progress would ask again as well.
  'sync-once': {
    what: 'SYNC is never repeated',
    edits: [
      {
        file: `${STREAM}/syncing.ts`,
        find: `this.#repeatAt = shared.now + this.#interval();
    this.#overdueAt = shared.now + this.#overdue;`,
        replace: `this.#repeatAt = NEVER;
    this.#overdueAt = NEVER;`,
      },
    ],
  },
  'pressure-lost-at-takeover': {
    what: 'a new leader does not hear whose processes have too much unread',
    edits: [
      {
        file: 'packages/metagroup/src/roles.ts',
        find: 'const pressure = pressures.get(member.id);',
        replace: 'const pressure = 0;',
      },
    ],
  },
  'pressure-asked-once': {
    what: 'who has said that its processes have too much unread is asked only once',
    edits: [
      {
        file: `${STREAM}/syncing.ts`,
        find: 'this.#pressureAt = this.#shared.now + this.#shared.options.retryMs;',
        replace: 'this.#pressureAt = NEVER;',
      },
    ],
  },
  'no-quiesce': {
    what: 'a leader leaves without waiting until the stream is at rest',
    edits: [
      {
        file: 'packages/metagroup/src/list/leaving.ts',
        find: 'leading.isQuiesced || shared.now >= this.#hurryAt',
        replace: 'true',
      },
    ],
  },
  'replies-not-reset': {
    what: 'the channel of replies goes on with the old numbers at a new leader',
    edits: [
      {
        file: 'packages/metagroup/src/requests/requests.ts',
        find: 'this.#replies = new ChannelReceiver(retryMs / 4);',
        replace: '',
      },
    ],
  },
  'drained-leads-on': {
    what: 'a leader whose daemon is drained goes on leading',
    edits: [
      {
        file: 'packages/metagroup/src/list/leader-duties.ts',
        find: 'if (!shared.isDrained(shared.self) || shared.now < this.#keptUntil) return;',
        replace: 'return;',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
