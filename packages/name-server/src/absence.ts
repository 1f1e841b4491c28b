import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  incarnationOf,
  nodeOf,
} from '@group-services/core';
import type { AbsentNode, Entry } from '@group-services/wire';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';

/**
 * For whom a group waits when nobody is there who could let a newcomer in: all of its full members are
 * away, and at least one of them may come back with the group's state. Whoever asks is told, so that
 * somebody can decide whether they will; the log says it once for each state of affairs.
 */
export class Absence {
  readonly #ports: AbsencePorts;
  /** What was said last of a group, for as long as it waits. */
  readonly #said = new Map<GroupName, string>();

  constructor(ports: AbsencePorts) {
    this.#ports = ports;
  }

  /** Empty unless none of the full members that are left has a fresh lease. */
  nodes(entry: Entry, now: Instant): AbsentNode[] {
    const { roster, isOver } = this.#ports;
    const absent: AbsentNode[] = [];
    for (const { id, full } of entry.members) {
      if (!full || isOver(entry.group, id)) continue;
      const daemon = daemonOf(id);
      if (roster.standing(daemon, now) === 'fresh') return [];
      absent.push(absentNode(daemon, roster.heardAt(daemon), now));
    }
    return absent;
  }

  /** Somebody asks for the group: the same, and the log says so when it is news. */
  asked(entry: Entry, now: Instant): AbsentNode[] {
    const absent = this.nodes(entry, now);
    const key = `${entry.generation} ${absent.map(({ node }) => node).join(' ')}`;
    if (absent.length === 0) this.#said.delete(entry.group);
    else if (this.#said.get(entry.group) !== key) {
      if (this.#said.size >= SAID_MAX) this.#said.clear();
      this.#said.set(entry.group, key);
      this.#say(entry, absent);
    }
    return absent;
  }

  #say(entry: Entry, absent: readonly AbsentNode[]): void {
    const waitsFor = absent.slice(0, NAMED_MAX).map(nodeText).join(', ');
    const nodes = absent.length;
    this.#ports.outbox.ofGroup('warn', 'group-waits-for-nodes', entry, {
      nodes,
      waitsFor,
      advice: `start their daemons again, or give them up: gsctl nodes forget NODE, or gsctl group reset ${entry.group}`,
    });
  }
}

/** Nodes named in one line of the log. */
const NAMED_MAX = 16;
/** Groups remembered at most of which the log has said that they wait. */
const SAID_MAX = 10_000;

/** What absence is judged by. */
export interface AbsencePorts {
  readonly roster: Roster;
  readonly outbox: Outbox;
  /** Whether nothing of a listed membership can be live any more. */
  readonly isOver: (group: GroupName, id: Entry['leader']) => boolean;
}

function absentNode(daemon: DaemonId, heardAt: Instant | undefined, now: Instant): AbsentNode {
  return {
    node: nodeOf(daemon),
    incarnation: incarnationOf(daemon),
    heardMsAgo: heardAt === undefined ? null : Math.max(0, Math.round(now - heardAt)),
  };
}

function nodeText({ node, heardMsAgo }: AbsentNode): string {
  const seen =
    heardMsAgo === null
      ? 'not heard since this start'
      : `heard ${Math.round(heardMsAgo / 1000)} s ago`;
  return `${node} (${seen})`;
}
