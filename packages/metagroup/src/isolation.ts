import type { FromNameServer } from '@group-services/wire';
import type { MetagroupInput } from './inputs.js';
import type { Joining } from './joining/joining.js';
import type { Membership } from './membership.js';
import type { Roles } from './roles.js';
import type { Submissions } from './stream/submissions.js';

/** What has to go on when contact is back. */
export interface IsolationPorts {
  readonly joining: Joining;
  readonly roles: Roles;
  readonly submissions: Submissions;
}

/**
 * The policy `suspend` (`internal-layer.md` §2): a membership whose daemon has no contact with the
 * name server neither sequences nor acknowledges nor delivers, because the name server may start the
 * group anew.
 *
 * It is deaf, as on a link that loses everything, and its timers stand still; both sides repeat what
 * counts once it is back. All that can reach it is its own end: what it is told then is acted on before
 * anything that waited is placed. The upper layer goes on asking, and a leader's flow is closed.
 */
export class Isolation {
  readonly #m: Membership;
  readonly #ports: IsolationPorts;

  constructor(membership: Membership, ports: IsolationPorts) {
    this.#m = membership;
    this.#ports = ports;
  }

  /** Whether an input may reach an isolated membership. */
  admits(input: MetagroupInput): boolean {
    if (input.kind === 'received') return false;
    if (input.kind === 'fromNameServer') return endsMembership(this.#m, input.message);
    return true;
  }

  begin(): void {
    if (this.#m.isolated) return;
    this.#m.isolated = true;
    this.#m.branch('contact-lost');
    this.#ports.roles.contactLost();
  }

  end(): void {
    const m = this.#m;
    if (!m.isolated) return;
    m.isolated = false;
    m.branch('contact-back');
    if (m.status === 'joining') {
      this.#ports.joining.start();
      return;
    }
    this.#ports.roles.contactBack();
    this.#ports.submissions.resume();
  }
}

function endsMembership(m: Membership, message: FromNameServer): boolean {
  if (m.status !== 'member' || !('entry' in message)) return false;
  const { kind, entry } = message;
  if (kind === 'deleted') {
    return (
      message.generation === m.footing.generation && entry?.generation !== m.footing.generation
    );
  }
  if (entry === null) return false;
  if (entry.generation !== m.footing.generation) return entry.generation > m.footing.generation;
  return entry.version > (m.known?.version ?? 0) && !m.isIn(entry);
}
