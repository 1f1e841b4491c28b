import { daemonOf, type GroupName, type Instant } from '@group-services/core';
import type { Outbox } from './outbox.js';
import { leastSilence, type Silence } from './silence.js';
import { daemonOfNode, type Table } from './table.js';

/**
 * Leaders that cannot reach us while everything else is well. Their members hear them and claim nothing,
 * and they themselves can take nobody in and let nobody go: such a group would stand as it is for as long
 * as that one connection is broken. So a group whose leader has been silent here for longer than its lease
 * is given another one (`docs/adr/0021-a-leader-without-contact-is-replaced.md`).
 *
 * The timer always runs: a look every quarter of a lease.
 */
export class LeadWatch {
  readonly #ports: LeadWatchPorts;
  readonly #leaderAbsent: (group: GroupName) => void;
  #lookAt: Instant = Number.NEGATIVE_INFINITY;
  /** Groups of silent leaders that wait for their turn. */
  #waiting: GroupName[] = [];

  constructor(ports: LeadWatchPorts, leaderAbsent: (group: GroupName) => void) {
    this.#ports = ports;
    this.#leaderAbsent = leaderAbsent;
  }

  deadline(): Instant {
    return this.#waiting.length > 0 ? Number.NEGATIVE_INFINITY : this.#lookAt;
  }

  onDeadline(now: Instant): void {
    if (now >= this.#lookAt) {
      this.#lookAt = now + this.#ports.leaseMs / LOOKS;
      if (this.#waiting.length === 0) this.#look(now);
    }
    for (const group of this.#waiting.splice(0, MOVES_PER_STEP)) this.#leaderAbsent(group);
  }

  #look(now: Instant): void {
    const { table, outbox, silence, leaseMs } = this.#ports;
    for (const stored of table.nodes()) {
      const daemon = daemonOfNode(stored);
      if (silence.lastsMs(daemon, now) < leastSilence(leaseMs)) continue;
      const led = table.groupsOf(stored.node).filter((group) => {
        const entry = table.group(group)?.entry;
        return entry !== undefined && entry.members.length > 1 && daemonOf(entry.leader) === daemon;
      });
      if (led.length === 0) continue;
      outbox.info('leader-out-of-contact', { daemon, groups: led.length });
      this.#waiting.push(...led);
    }
  }
}

/** Looks per lease. */
const LOOKS = 4;
/** Groups that are given another leader in one step; the next deadline goes on with the rest. */
const MOVES_PER_STEP = 256;

/** What the watch looks at. */
export interface LeadWatchPorts {
  readonly table: Table;
  readonly silence: Silence;
  readonly outbox: Outbox;
  readonly leaseMs: number;
}
