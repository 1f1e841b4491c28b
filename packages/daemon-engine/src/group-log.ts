import type { GroupName, LogFields, LogLevel, MembershipId } from '@group-services/core';
import { daemonOf, nodeOf } from '@group-services/core';
import type { MetagroupEngine } from '@group-services/metagroup';
import type { ProcessGroupEngine } from '@group-services/process-group';
import type { Entry } from '@group-services/wire';
import type { ViewCause } from './news.js';
import type { Shared } from './shared.js';

/**
 * Lines of the log about one group. Each says where this daemon is in it, under the same names everywhere,
 * so that lines of several daemons and of the name server can be put side by side: `group`, `generation`
 * (which life of it), `version` (of its list of daemons), `position` (how far it was delivered here) and
 * `protocol` (what is voted on). What does not exist at that moment is left out.
 */
export class GroupLog {
  readonly #shared: Shared;
  readonly #session: Logged;

  constructor(shared: Shared, session: Logged) {
    this.#shared = shared;
    this.#session = session;
  }

  /** What the line itself says of a position or a protocol goes before where this daemon is. */
  say(level: LogLevel, event: string, fields: LogFields = {}): void {
    const { group, metagroup, processGroup } = this.#session;
    const generation = metagroup?.generation ?? 0;
    const version = metagroup?.entry?.version;
    this.#shared.logOf(group, level, event, {
      ...(generation > 0 && { generation }),
      ...(version !== undefined && { version }),
      ...processGroup.whereabouts,
      ...fields,
    });
  }

  /** A list of daemons came into force: that is told by its leader, and known to the others. */
  view(entry: Entry, cause: ViewCause, self: MembershipId | undefined): void {
    const { version, leader, members } = entry;
    const fields = { version, cause, leader: nodeOf(daemonOf(leader)), daemons: members.length };
    this.say(leader === self ? 'info' : 'debug', 'a list of daemons came into force', fields);
  }
}

/** The group as its session has it. */
interface Logged {
  readonly group: GroupName;
  readonly metagroup: Pick<MetagroupEngine, 'generation' | 'entry'> | undefined;
  readonly processGroup: Pick<ProcessGroupEngine, 'whereabouts'>;
}
