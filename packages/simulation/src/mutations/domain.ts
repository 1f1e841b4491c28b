import type { Mutation } from './mutation.js';

/** Defects that only a whole domain shows, with its processes, clocks and name server, by name. */

const DRIVER = 'packages/core/src/driver.ts';
const GAUGE = 'packages/daemon-engine/src/pressure-gauge.ts';
const LEAD_WATCH = 'packages/name-server/src/lead-watch.ts';

export const DOMAIN_MUTATIONS = {
  'agreed-lists': {
    what: 'lists are delivered agreed where the results of a group are',
    edits: [
      {
        file: 'packages/process-group/src/leader/placing.ts',
        find: 'if (isOfList(change)) return true;',
        replace: '',
      },
    ],
  },
  'absent-leader-kept': {
    what: 'a leader that cannot reach the name server goes on leading',
    edits: [
      {
        file: LEAD_WATCH,
        find: 'deadline(): Instant {',
        replace: 'deadline(): Instant { return Number.POSITIVE_INFINITY;',
      },
      {
        file: LEAD_WATCH,
        find: 'onDeadline(now: Instant): void {',
        replace: 'onDeadline(now: Instant): void { return;',
      },
    ],
  },
  'wakes-at-once': {
    what: 'a daemon that was away hands out what it has before it has heard anybody',
    edits: [
      {
        file: 'packages/daemon-engine/src/wake-watch.ts',
        find: 'if (inGroups.length === 0) return;',
        replace: 'return;',
      },
    ],
  },
  // Two protections, each of which is enough for most.
  'load-is-silence': {
    what: 'signs of life wait behind all other inputs, and silence is judged by the clock',
    edits: [
      {
        file: DRIVER,
        find: 'isUrgent?.(input) === true ? this.#urgent : this.#inbox',
        replace: 'this.#inbox',
      },
      {
        file: DRIVER,
        find: "#read(now: Instant): Pick<DeadlineReached, 'readUpTo' | 'readOf'> {",
        replace: '#read(now) { return {};',
      },
    ],
  },
  'sleep-not-counted': {
    what: 'the time in which a machine slept counts for nothing',
    edits: [
      {
        file: 'packages/core/src/sleep-aware-clock.ts',
        find: 'if (pair === undefined) return;',
        replace: 'return;',
      },
    ],
  },
  'stopped-process-presses': {
    what: 'a group waits for a process that has stopped reading',
    edits: [
      {
        file: GAUGE,
        find: 'const moves = this.moves(now);',
        replace: 'const moves = true;',
      },
    ],
  },
  'pressure-never-over': {
    what: 'a process that has caught up goes on pressing',
    edits: [
      {
        file: GAUGE,
        find: 'else if (bytes * 2 <= mark) waiting.high = false;',
        replace: '',
      },
    ],
  },
  'target-not-held': {
    what: 'a target group shows a removal before its source shows what it follows',
    edits: [
      {
        file: 'packages/daemon-engine/src/source-hold.ts',
        find: "return answer !== 'no' && this.#shared.now < this.#until;",
        replace: 'return false;',
      },
    ],
  },
} as const satisfies Readonly<Record<string, Mutation>>;
