import type { DaemonId, GroupName, LogFields } from '@group-services/core';
import type { FromNameServer } from '@group-services/wire';
import type { DisconnectCode, NameServerOutput, TurnDownCode } from './inputs.js';
import type { Roster } from './roster.js';
import type { Table, TableRecord } from './table.js';

/**
 * Gathers the outputs of one step. The table changes here and nowhere else, so that no change can be
 * answered without having been given out to the store before.
 */
export class Outbox {
  readonly #table: Table;
  readonly #roster: Roster;
  readonly #durable: boolean;
  #outputs: NameServerOutput[] = [];
  /** Changes of the table so far. */
  changes = 0;

  constructor(table: Table, roster: Roster, durability: 'durable' | 'volatile') {
    this.#table = table;
    this.#roster = roster;
    this.#durable = durability === 'durable';
  }

  commit(record: TableRecord): void {
    this.changes += 1;
    this.#table.apply(record);
    if (this.#durable) this.#outputs.push({ kind: 'persist', record });
  }

  /** To a daemon that is not connected nothing is sent: it asks again when it is back. */
  send(to: DaemonId, message: FromNameServer): void {
    if (!this.#roster.isConnected(to)) return;
    this.#outputs.push({ kind: 'send', to, message: this.#dated(message) });
  }

  disconnect(daemon: DaemonId, code: DisconnectCode, text: string): void {
    this.#outputs.push({ kind: 'disconnect', daemon, code, text });
  }

  /** It may be welcomed. */
  admit(daemon: DaemonId): void {
    this.#outputs.push({ kind: 'admitted', daemon });
  }

  turnDown(daemon: DaemonId, code: TurnDownCode, text: string): void {
    this.#outputs.push({ kind: 'turnedDown', daemon, code, text });
  }

  info(event: string, fields: GrouplessFields): void {
    this.#outputs.push({ kind: 'log', level: 'info', event, fields });
  }

  warn(event: string, fields: GrouplessFields): void {
    this.#outputs.push({ kind: 'log', level: 'warn', event, fields });
  }

  /** A line about a group: which one and which life and list of it, named as in the logs of daemons. */
  ofGroup(level: 'info' | 'warn', event: string, life: Life, fields: LogFields = {}): void {
    const { group, generation, version } = life;
    this.#outputs.push({
      kind: 'log',
      level,
      event,
      fields: {
        group,
        ...(generation !== undefined && { generation }),
        ...(version !== undefined && { version }),
        ...fields,
      },
    });
  }

  /** Who is told something of the table remembers how far the table was (`lineage.ts`). */
  #dated(message: FromNameServer): FromNameServer {
    const { revision } = this.#table;
    switch (message.kind) {
      case 'renewed':
        return message.recovering === true ? message : { ...message, revision };
      case 'changed':
        return message.reason === 'recovering' ? message : { ...message, revision };
      case 'resolved':
      case 'notice':
      case 'deleted':
        return { ...message, revision };
      default:
        return message;
    }
  }

  /** The name server must not serve: an operator has to do something first. */
  refuseToServe(text: string): void {
    this.#outputs.push({ kind: 'refuseToServe', text });
  }

  take(): readonly NameServerOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}

type GrouplessFields = LogFields & { readonly group?: never };

/** A group as far as it is known: an entry, or less. */
interface Life {
  readonly group: GroupName;
  readonly generation?: number;
  readonly version?: number;
}
