import type { DaemonId, GroupName, Instant } from '@group-services/core';
import type { Attendance } from './attendance.js';
import type { Changes } from './changes.js';
import type { Endings } from './endings.js';
import type { Generations } from './generations.js';
import type { Served } from './lineage.js';
import type { Lookups } from './lookups.js';
import type { Outbox } from './outbox.js';
import type { RecoveryWindow, Registration } from './recovery-window.js';
import type { Roster } from './roster.js';
import type { Table } from './table.js';

/**
 * Registration: where a table and what daemons know meet (ADR 0013).
 *
 * A daemon says which store answered it last. If that shows that the table lacks something, and nobody
 * has been answered from it yet, the recovery window opens. Later only single groups can be decided: a
 * life that is behind one that somebody holds or has been in is given up, and whoever holds a life that
 * is no more is told so at once.
 */
export class Registrar {
  readonly #ports: RegistrarPorts;

  constructor(ports: RegistrarPorts) {
    this.#ports = ports;
  }

  register(from: DaemonId, registration: Registration, now: Instant): void {
    const { epoch, groupsMax, roster, outbox, window } = this.#ports;
    if (registration.epoch !== epoch) return this.#refuse(from, `registered with epoch ${epoch}`);
    const { holdings, seen = [], served } = registration;
    if (!holdings.every(isSound)) {
      return this.#refuse(from, 'registered an entry that contradicts itself');
    }
    if (!this.hearGenerations(from, holdings) || !this.hearGenerations(from, seen)) return;
    roster.renew(from, now);
    if (served !== undefined) this.#compare(from, served, now);
    window.register(from, registration, groupsMax);
    if (!window.isOpen) this.#decideSingly(from, registration, now);
    outbox.info('daemon-registered', { daemon: from, groups: holdings.length });
  }

  /** The first answer from the table: from now on it is the word on all groups. */
  believe(): void {
    const { window, outbox } = this.#ports;
    if (!window.isWatching) return;
    window.stopWatching();
    outbox.commit({ kind: 'settled' });
  }

  /** The window is over. Who goes on in a life that is not continued is told before anybody else asks. */
  closeWindow(now: Instant): void {
    const { window, outbox, table, lookups, endings } = this.#ports;
    const { groups, holdings } = window.close(table);
    for (const { group, entry, missing, isOutdated } of groups) {
      if (missing.length === 0 && !isOutdated) {
        outbox.commit({ kind: 'entry', entry, change: null });
        outbox.ofGroup('info', 'group-recovered', entry);
        lookups.startAnewWithoutState(group);
        continue;
      }
      if (table.group(group) !== undefined) {
        outbox.commit({ kind: 'gone', group, generation: entry.generation });
      }
      const absent = missing.slice(0, 8).join(' ');
      outbox.ofGroup('warn', 'group-not-recovered', entry, { absent });
    }
    for (const { group, generation, version, membership } of holdings) {
      if (table.group(group)?.entry.generation === generation) continue;
      endings.tell({ group, generation, version, membership }, now);
    }
    outbox.commit({ kind: 'settled' });
    outbox.info('recovery-window-closed', { groups: table.groupCount });
    lookups.answerWaiting();
  }

  /** False, and the end of the connection, when a daemon names a generation that cannot be. */
  hearGenerations(
    from: DaemonId,
    holdings: readonly { readonly group: GroupName; readonly generation: number }[],
  ): boolean {
    const { generations } = this.#ports;
    const believable = holdings.every(({ generation }) => generations.hear(generation));
    if (!believable) this.#refuse(from, 'holds a generation that cannot be');
    return believable;
  }

  #refuse(from: DaemonId, text: string): void {
    this.#ports.attendance.misbehaved(from, text);
  }

  /** Looks whether the table lacks what a daemon was told before. */
  #compare(from: DaemonId, served: Served, now: Instant): void {
    const { epoch, store, table, outbox, window } = this.#ports;
    if (table.covers(served, store)) return;
    const fields = {
      daemon: from,
      servedStore: served.store,
      servedEpoch: served.epoch,
      servedRevision: served.revision,
      store,
      revision: table.revision,
    };
    if (served.epoch > epoch && (window.isOpen || window.isWatching)) {
      outbox.refuseToServe(laterEpoch(from, served.epoch, epoch));
      return;
    }
    // Told when the window that could have heard it was over: what it holds is decided singly.
    outbox.warn('table-lacks-what-a-daemon-was-told', fields);
    if (window.isWatching) {
      outbox.commit({ kind: 'doubted' });
      outbox.warn('recovery-window-opened', { why: 'the table is older than what daemons know' });
    }
    if (window.isWatching || window.isOpen) window.tableIsOutdated(now);
  }

  /** Nothing is overwritten in silence: a life behind one that is known elsewhere ends. */
  #decideSingly(from: DaemonId, { holdings, seen = [] }: Registration, now: Instant): void {
    const { table, changes, endings } = this.#ports;
    for (const { group, generation } of seen) {
      changes.laterLife({ group, generation, version: 0 }, from, now);
    }
    for (const { group, generation, version, membership } of holdings) {
      changes.laterLife({ group, generation, version }, from, now);
      if (table.group(group)?.entry.generation === generation) continue;
      endings.tell({ group, generation, version, membership }, now);
    }
  }
}

/** What registration needs. */
export interface RegistrarPorts {
  readonly epoch: number;
  readonly store: string;
  readonly groupsMax: number;
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly generations: Generations;
  readonly lookups: Lookups;
  readonly changes: Changes;
  readonly endings: Endings;
  readonly attendance: Attendance;
  readonly window: RecoveryWindow;
}

function laterEpoch(daemon: DaemonId, later: number, epoch: number): string {
  const behind = Math.ceil((later - epoch) / 1000);
  const what = `daemon ${daemon} was answered by a start of the name server with epoch ${later}`;
  const clock = `this one has ${epoch}: the clock of this machine is at least ${behind} s behind`;
  const advice = 'set the clock right; or start with --fresh, which gives up all groups that run';
  return `${what}, and ${clock}; ${advice}`;
}

/** Whether a registered entry can have come from a name server. */
function isSound(holding: Registration['holdings'][number]): boolean {
  const { entry } = holding;
  const ids = new Set<string>(entry.members.map((member) => member.id));
  return (
    entry.group === holding.group &&
    entry.generation === holding.generation &&
    entry.version >= 1 &&
    entry.since <= entry.version &&
    ids.size === entry.members.length &&
    ids.has(entry.leader)
  );
}
