import type { FromNameServer, GroupMessage } from '@group-services/wire';
import type { MetagroupInput } from './inputs.js';
import type { Joining } from './joining/joining.js';
import type { Membership } from './membership.js';
import type { Roles } from './roles.js';
import type { Submissions } from './stream/submissions.js';
import { Waking } from './waking.js';

/**
 * A membership that stands still, because the group may have gone on without it:
 *
 * - under the policy `suspend` (`internal-layer.md` §2) while its daemon has no contact with the name
 *   server, which may start the group anew;
 * - under any policy when its daemon was away for so long that others may have removed it, until it has
 *   heard of one of them again ({@link Waking}).
 *
 * It neither sequences nor acknowledges nor delivers. It is deaf, as on a link that loses everything,
 * and its timers stand still; both sides repeat what counts once it is back. All that can reach it is its
 * own end: what it is told then is acted on before anything that waited is placed. The upper layer goes
 * on asking, and a leader's flow is closed.
 */
export class Isolation {
  readonly #m: Membership;
  readonly #ports: IsolationPorts;
  readonly waking: Waking;
  #contactLost = false;

  constructor(membership: Membership, ports: IsolationPorts) {
    this.#m = membership;
    this.#ports = ports;
    this.waking = new Waking(membership, {
      led: () => ports.roles.active?.leading.stability.members(),
      takesOver: () => ports.roles.claiming !== undefined,
      over: () => this.#settle(),
    });
  }

  /** Whether an input may reach a membership that stands still. */
  admits(input: MetagroupInput): boolean {
    if (input.kind === 'received') return !this.#contactLost && WAKING.has(input.message.kind);
    if (input.kind === 'fromNameServer') return endsMembership(this.#m, input.message);
    return true;
  }

  on({ kind }: Standing): void {
    if (kind === 'contactLost') this.#contactLost = true;
    else if (kind === 'contactBack') this.#contactLost = false;
    else if (kind === 'woken') this.waking.begin();
    else if (kind === 'heard') this.waking.heard();
    else this.waking.unanswered();
    this.#settle();
  }

  #settle(): void {
    const stands = this.#contactLost || this.waking.isOpen;
    if (stands && !this.#m.isolated) this.#begin();
    else if (!stands && this.#m.isolated) this.#end();
  }

  #begin(): void {
    this.#m.isolated = true;
    this.#m.branch(this.#contactLost ? 'contact-lost' : 'woken');
    this.#ports.roles.contactLost();
  }

  #end(): void {
    const m = this.#m;
    m.isolated = false;
    m.branch('contact-back');
    m.checkWanted = true;
    if (m.status === 'joining') {
      this.#ports.joining.start();
      return;
    }
    this.#ports.roles.contactBack();
    this.#ports.submissions.resume();
  }
}

/** What has to go on when contact is back. */
export interface IsolationPorts {
  readonly joining: Joining;
  readonly roles: Roles;
  readonly submissions: Submissions;
}

type Standing = Extract<
  MetagroupInput,
  { readonly kind: 'contactLost' | 'contactBack' | 'woken' | 'heard' | 'unanswered' }
>;

/** What may reach a membership whose daemon was away: it hands nothing out. */
const WAKING: ReadonlySet<GroupMessage['kind']> = new Set(['fetch', 'known', 'takeover', 'woken']);

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
