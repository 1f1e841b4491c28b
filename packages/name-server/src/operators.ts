import type { DaemonId, Instant } from '@group-services/core';
import type { FromNameServer, ToNameServer } from '@group-services/wire';
import type { Absence } from './absence.js';
import type { Accusations } from './accusations.js';
import type { Attendance } from './attendance.js';
import type { Changes } from './changes.js';
import type { Outbox } from './outbox.js';
import type { RecoveryWindow } from './recovery-window.js';
import { listedReply } from './replies.js';
import type { Roster } from './roster.js';
import type { Table } from './table.js';

/**
 * The questions of operators: what there is, what becomes of a group, and that something will not come
 * back.
 *
 * While the recovery window is open nobody knows yet what there is: an empty list would be a lie, and
 * what is given up might come back a moment later. So the answer is how long that lasts.
 */
export class Operators {
  readonly #ports: OperatorPorts;

  constructor(ports: OperatorPorts) {
    this.#ports = ports;
  }

  onQuestion(from: DaemonId, question: OperatorQuestion, now: Instant): void {
    const { window, outbox, changes } = this.#ports;
    if (window.isOpen) {
      const leftMs = Math.max(0, Math.ceil(window.deadline() - now));
      outbox.send(from, { kind: 'recovering', number: question.number, leftMs });
      return;
    }
    switch (question.kind) {
      case 'list':
        outbox.send(from, this.#list(question, now));
        break;
      case 'describe':
        outbox.send(from, this.#describe(question, now));
        break;
      case 'reset':
        changes.onReset(from, question, now);
        break;
      case 'forget':
        outbox.send(from, this.#forget(from, question, now));
        break;
    }
  }

  #list(question: ListQuestion, now: Instant): FromNameServer {
    const { table, roster, accusations, pieceBytes } = this.#ports;
    const standing = (daemon: DaemonId) => {
      const notReachedBy = accusations.of(daemon);
      const alive = roster.standing(daemon, now) === 'fresh';
      const stopped = roster.hasStopped(daemon) && { stopped: true as const };
      return { alive, ...stopped, ...(notReachedBy !== undefined && { notReachedBy }) };
    };
    return listedReply(table, question, { standing, pieceBytes });
  }

  #describe(
    { number, group }: Extract<OperatorQuestion, { readonly kind: 'describe' }>,
    now: Instant,
  ): FromNameServer {
    const { table, absence } = this.#ports;
    const entry = table.group(group)?.entry ?? null;
    const waitsFor = entry === null ? [] : absence.nodes(entry, now);
    return { kind: 'described', number, group, entry, waitsFor };
  }

  #forget(
    from: DaemonId,
    { number, node }: Extract<OperatorQuestion, { readonly kind: 'forget' }>,
    now: Instant,
  ): FromNameServer {
    const answer = this.#ports.attendance.forget(node, from, now);
    return { kind: 'forgotten', number, node, ...answer };
  }
}

/** What an operator asks, through whichever daemon. */
export type OperatorQuestion = Extract<
  ToNameServer,
  { readonly kind: 'list' | 'describe' | 'reset' | 'forget' }
>;

type ListQuestion = Extract<OperatorQuestion, { readonly kind: 'list' }>;

/** What answers need. */
export interface OperatorPorts {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly window: RecoveryWindow;
  readonly absence: Absence;
  readonly changes: Changes;
  readonly attendance: Attendance;
  readonly accusations: Accusations;
  /** About so many bytes in one answer. */
  readonly pieceBytes: number;
}
