import { type DaemonId, type Instant, incarnationOf, NEVER, nodeOf } from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';
import type { NameServerInput } from './inputs.js';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';
import { daemonOfNode, type StoredNode, type Table } from './table.js';

/**
 * Daemons that want to be taken, before they are welcomed (ADR 0044). The name of a node belongs to the
 * daemon that holds it for as long as that one lives: a second one, started by mistake, would end it and all
 * its groups. So the holder is asked whether it is still there; if it says so the newcomer is turned down.
 *
 * A holder whose connection has ended, as that of every process that is killed, is replaced at once; one
 * whose host is gone without a word is replaced when it has not answered in time. And an operator may say
 * that the newcomer is meant to replace it.
 */
export class Newcomers {
  readonly #ports: NewcomersPorts;
  readonly #waiting = new Map<DaemonId, Waiting>();
  #questions = 0;

  constructor(ports: NewcomersPorts) {
    this.#ports = ports;
  }

  onKnock(knock: Knock, now: Instant): void {
    const { daemon } = knock;
    const holder = this.#holderFor(daemon);
    if (holder === undefined) return this.#admit(daemon);
    const { outbox, roster } = this.#ports;
    if (knock.replace === true) {
      outbox.warn('node-name-taken-over', { ...wish(knock), holder, ...this.#facts(holder) });
      return this.#admit(daemon);
    }
    if (!roster.canSayThatItLives(holder)) {
      // Of a release that does not know the question: its renewals have to do.
      if (roster.standing(holder, now) !== 'fresh') return this.#admit(daemon);
      return this.#turnDown(knock, holder);
    }
    if (this.#waiting.size >= WAITING_MAX && !this.#waiting.has(daemon)) {
      const text = 'too many daemons ask for names that are in use';
      return outbox.turnDown(daemon, 'overloaded', text);
    }
    this.#questions += 1;
    const number = this.#questions;
    this.#waiting.set(daemon, { knock, holder, number, until: now + this.#ports.answerMs });
    const { address, pid } = knock;
    outbox.send(holder, {
      kind: 'name-wanted',
      number,
      address,
      ...(pid !== undefined && { pid }),
    });
  }

  /** The holder lives. What it answers to the latest question answers the earlier ones as well. */
  onHeld(from: DaemonId, { number }: Extract<ToNameServer, { readonly kind: 'name-held' }>): void {
    for (const { knock, holder, number: asked } of [...this.#waiting.values()]) {
      if (holder === from && asked <= number) this.#turnDown(knock, holder);
    }
  }

  /** It connects anew, whether we had noticed that it was gone or not: it lives. */
  holderBack(daemon: DaemonId): void {
    for (const { knock, holder } of [...this.#waiting.values()]) {
      if (holder === daemon) this.#turnDown(knock, holder);
    }
  }

  /** Its connection is over: nobody holds the name any more. */
  holderGone(daemon: DaemonId): void {
    for (const { knock, holder } of [...this.#waiting.values()]) {
      if (holder === daemon) this.#admit(knock.daemon);
    }
  }

  deadline(): Instant {
    let earliest = NEVER;
    for (const { until } of this.#waiting.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  /** What the holder may have said and we have not read yet still counts. */
  onDeadline(now: Instant): void {
    const { roster, outbox } = this.#ports;
    for (const { knock, holder, until } of [...this.#waiting.values()]) {
      if (until > roster.readUpTo(holder, now)) continue;
      outbox.warn('node-name-holder-silent', { ...wish(knock), holder, ...this.#facts(holder) });
      this.#admit(knock.daemon);
    }
  }

  /** The daemon that would end if this one were taken; undefined: nobody would. */
  #holderFor(daemon: DaemonId): DaemonId | undefined {
    const { table, roster } = this.#ports;
    const known = table.node(nodeOf(daemon));
    if (known === undefined || known.forgotten === true) return undefined;
    const holder = daemonOfNode(known);
    const isOlder = known.incarnation < incarnationOf(daemon);
    return isOlder && roster.isConnected(holder) ? holder : undefined;
  }

  #admit(daemon: DaemonId): void {
    this.#waiting.delete(daemon);
    this.#ports.outbox.admit(daemon);
  }

  #turnDown(knock: Knock, holder: DaemonId): void {
    this.#waiting.delete(knock.daemon);
    this.#ports.outbox.turnDown(knock.daemon, 'superseded', heldText(holder, this.#facts(holder)));
  }

  #facts(holder: DaemonId): HolderFacts {
    const { table, roster } = this.#ports;
    const pid = roster.pidOf(holder);
    const address = table.node(nodeOf(holder))?.address ?? '';
    return { heldAt: address, ...(pid !== undefined && { heldBy: pid }) };
  }
}

/** So many at most wait for the answers of holders; each for a few seconds. */
const WAITING_MAX = 1_024;

type Knock = Extract<NameServerInput, { readonly kind: 'knocked' }>;

interface Waiting {
  readonly knock: Knock;
  readonly holder: DaemonId;
  /** Of the question to the holder. */
  readonly number: number;
  /** Then it is gone. */
  readonly until: Instant;
}

interface HolderFacts {
  readonly heldAt: StoredNode['address'];
  /** Its process. */
  readonly heldBy?: number;
}

function wish({ daemon, address, pid }: Knock): Record<string, string | number> {
  return { daemon, address, ...(pid !== undefined && { process: pid }) };
}

function heldText(holder: DaemonId, { heldAt, heldBy }: HolderFacts): string {
  const which = heldBy === undefined ? '' : `, process ${heldBy}`;
  return (
    `node ${nodeOf(holder)} has a daemon that lives, at ${heldAt}${which}: ` +
    'give this one a name of its own (--node), or let it take the place of that one (--replace)'
  );
}

/** What newcomers are judged by. */
export interface NewcomersPorts {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  /** How long a holder has to say that it lives. */
  readonly answerMs: number;
}
