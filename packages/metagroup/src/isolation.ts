import type { FromNameServer, GroupMessage } from '@group-services/wire';
import type { MetagroupInput } from './inputs.js';
import type { Joining } from './joining/joining.js';
import type { Roles } from './roles.js';
import type { Shared } from './shared.js';
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
  readonly #shared: Shared;
  readonly #ports: IsolationPorts;
  readonly waking: Waking;
  #contactLost = false;

  constructor(shared: Shared, ports: IsolationPorts) {
    this.#shared = shared;
    this.#ports = ports;
    this.waking = new Waking(shared, {
      led: () => ports.roles.active?.leading.stability.members(),
      takesOver: () => ports.roles.claiming !== undefined,
      over: () => this.#settle(),
    });
  }

  /** Whether an input may reach a membership that stands still. */
  admits(input: MetagroupInput): boolean {
    if (input.kind === 'received') return !this.#contactLost && WAKING.has(input.message.kind);
    if (input.kind === 'fromNameServer') return endsMembership(this.#shared, input.message);
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
    if (stands && !this.#shared.isolated) this.#begin();
    else if (!stands && this.#shared.isolated) this.#end();
  }

  #begin(): void {
    this.#shared.isolated = true;
    this.#shared.branch(this.#contactLost ? 'contact-lost' : 'woken');
    this.#ports.roles.contactLost();
  }

  #end(): void {
    const shared = this.#shared;
    shared.isolated = false;
    shared.branch('contact-back');
    shared.checkWanted = true;
    if (shared.status === 'joining') {
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

function endsMembership(shared: Shared, message: FromNameServer): boolean {
  if (shared.status !== 'member' || !('entry' in message)) return false;
  const { kind, entry } = message;
  if (kind === 'deleted') {
    return (
      message.generation === shared.footing.generation &&
      entry?.generation !== shared.footing.generation
    );
  }
  if (entry === null) return false;
  if (entry.generation !== shared.footing.generation)
    return entry.generation > shared.footing.generation;
  return entry.version > (shared.known?.version ?? 0) && !shared.isIn(entry);
}
