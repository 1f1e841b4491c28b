import { assertNever, type GroupName, type Instant } from '@group-services/core';
import { countOf, sizeOf } from '@group-services/process-group';
import type { FromClient, Refusal, SourceMark, ToClient } from '@group-services/wire';
import { ClientSizes } from './client-limits.js';
import { ClientRights } from './client-rights.js';
import { type ClientStatus, membershipsOf } from './client-status.js';
import {
  type Client,
  type ClientPorts,
  isProposal,
  type Join,
  LOCAL,
  type ProposalMessage,
  type ToHandle,
} from './client-tables.js';
import { crowded } from './crowded.js';
import { forgetEnded } from './ended-handles.js';
import type { GroupSession } from './group-session.js';
import type { ClientNo, DaemonInput } from './inputs.js';
import { NodesWatch } from './nodes-watch.js';
import { OpenWork } from './open-work.js';
import { OperatorRequests } from './operator-requests.js';
import type { PermissionFile } from './permissions.js';
import { type PressureCause, Pressures } from './pressures.js';
import { type Finding, Responsiveness } from './responsiveness.js';
import type { Shared } from './shared.js';

/**
 * The processes connected to this daemon: which handle belongs to which group, and what concerns no
 * group. A client that breaks the rules of its connection is disconnected, the others go on.
 */
export class Clients {
  readonly #shared: Shared;
  readonly #ports: ClientPorts;
  readonly #clients = new Map<ClientNo, Client>();
  readonly #responsiveness = new Responsiveness();
  readonly #operators: OperatorRequests;
  readonly #sizes: ClientSizes;
  readonly #pressures: Pressures;
  readonly #rights = new ClientRights();
  readonly #nodes: NodesWatch;

  constructor(shared: Shared, ports: ClientPorts) {
    this.#shared = shared;
    this.#ports = ports;
    const send = (client: ClientNo, message: ToClient): void => this.send(client, message);
    this.#sizes = new ClientSizes(shared.options.clientLimits);
    const [rights, sizes] = [this.#rights, this.#sizes];
    this.#operators = new OperatorRequests(shared, { ...ports, send, rights, sizes });
    this.#pressures = new Pressures(shared);
    const isConnected = (): boolean => ports.nameServer.isConnected;
    this.#nodes = new NodesWatch(shared, { list: ports.nodes, rights, send, isConnected });
  }

  get size(): number {
    return this.#clients.size;
  }

  list(): ClientStatus[] {
    // Who speaks through the admin endpoint is no process.
    const processes = [...this.#clients].filter(([, { isOperator }]) => !isOperator);
    return processes.map(([client, { name, principal, handles }]) => ({
      client,
      name,
      principal,
      handles: handles.size,
      memberships: membershipsOf(client, handles),
      responsiveness: this.#responsiveness.healthOf(client),
      pressing: this.#pressures.of(client),
    }));
  }

  opened(input: Extract<DaemonInput, { readonly kind: 'clientOpened' }>): void {
    const { client, name, principal = LOCAL, membershipsMax, proposalsMax } = input;
    const isOperator = input.isOperator === true;
    if (this.#shared.stopping) {
      this.#shared.emit({ kind: 'closeClient', client, reason: 'the daemon is stopping' });
      return;
    }
    const work = new OpenWork(client, proposalsMax);
    const tables = { handles: new Map(), opening: new Map() };
    const who = { name, principal, isOperator };
    this.#clients.set(client, { ...who, membershipsMax, ...tables, work });
  }

  /** The connection broke: every membership of the process has failed. */
  closed(client: ClientNo, detail: string | undefined): void {
    this.#gone(client, 'process-failure', detail);
  }

  closeAll(reason: string): void {
    for (const client of this.#clients.keys()) {
      this.#shared.emit({ kind: 'closeClient', client, reason });
    }
  }

  #gone(client: ClientNo, reason: 'quit' | 'process-failure', detail: string | undefined): void {
    const known = this.#clients.get(client);
    if (known === undefined) return;
    this.#clients.delete(client);
    this.#nodes.gone(client);
    this.#responsiveness.forget(client);
    for (const handle of known.handles.keys()) this.#pressures.forget(client, handle);
    const sessions = new Set([...known.handles.values()].map((handle) => handle.session));
    const gone = [...sessions].map(
      (session) => [session, this.#ofSource(session, client)] as const,
    );
    for (const [session, source] of gone) {
      session.tellProcessGroup({ kind: 'clientGone', client, reason, detail, source });
    }
  }

  /** What fails with the process in the group that this one depends on. */
  #ofSource({ processGroup }: GroupSession, client: ClientNo): SourceMark | undefined {
    const [source] = processGroup.sourcesWanted;
    if (source === undefined) return undefined;
    return this.#ports.session(source)?.processGroup.markOf(client);
  }

  /** Passes an answer or event on, and forgets the handles that it ends. */
  send(client: ClientNo, message: ToClient): void {
    const known = this.#clients.get(client);
    if (known === undefined) return;
    const ended = forgetEnded(known, message);
    if (ended !== undefined) this.#pressures.forget(client, ended);
    if (message.kind === 'refused') this.#shared.tally.refused.add(1, message.code);
    this.#shared.emit({ kind: 'toClient', client, message });
  }

  received(client: ClientNo, message: FromClient): void {
    const known = this.#clients.get(client);
    if (known === undefined || this.#nodes.takes(client, message, known)) return;
    switch (message.kind) {
      case 'send':
      case 'bundle':
      case 'propose':
      case 'goodbye':
      case 'unsubscribe':
        return this.#toHandle(client, known, message);
      case 'operate':
        return this.#operators.operate(client, known, message);
      case 'join':
      case 'subscribe':
        return this.#open(client, known, message);
      case 'vote':
        return this.#vote(client, known, message);
      case 'monitor': {
        const times = { intervalMs: message.interval, timeoutMs: message.timeout };
        return this.#responsiveness.monitor(client, times, this.#shared.now);
      }
      case 'lagging':
        return this.#press({ ...message, client, pressed: message.lagging, cause: 'unhandled' });
      case 'pong':
        return this.#found(client, this.#responsiveness.pong(client, message, this.#shared.now));
      case 'withdraw':
        return this.#withdraw(client, known, message.target);
      case 'groups':
        return this.#operators.groups(client, known, message);
      case 'nodes':
        return this.#operators.nodes(client, known, message);
      case 'reset':
        return this.#operators.reset(client, known, message);
      case 'forget':
        return this.#operators.forget(client, known, message);
      case 'drain':
        return this.#operators.drain(client, known, message);
      case 'close':
        this.send(client, { kind: 'done', request: message.request });
        this.#gone(client, 'quit', undefined);
        this.#shared.emit({ kind: 'closeClient', client, reason: 'closed by the client' });
        return;
      case 'watch-nodes':
        return;
      default:
        return assertNever(message);
    }
  }

  #toHandle(client: ClientNo, known: Client, message: ToHandle): void {
    const handle = known.handles.get(message.handle);
    if (handle === undefined) {
      this.#noHandle(client, message);
      return;
    }
    const { session } = handle;
    if (isProposal(message)) {
      const content = message.kind === 'propose' ? message.proposed : message;
      const { processGroup } = session;
      const who = { principal: known.principal, group: handle.group };
      const problem =
        this.#sizes.problem(message) ??
        this.#rights.proposal(handle.rights, message, who) ??
        known.work.addProposal(processGroup, sizeOf(content), countOf(content));
      if (problem !== undefined) return this.#refuseAll(client, message, problem);
    }
    if (message.kind === 'send') {
      // Spelled out: this is the hot path, and a literal costs less than a spread.
      const { request, safe, payload } = message;
      const to = message.handle;
      session.tellProcessGroup({ kind: 'send', client, handle: to, request, safe, payload });
      return;
    }
    if (!isProposal(message)) {
      known.handles.delete(message.handle);
      this.#pressures.forget(client, message.handle);
    }
    session.tellProcessGroup({ ...message, client });
  }

  /** A vote for a membership that has ended is for no phase: its ballot has been aborted already. */
  #vote(client: ClientNo, known: Client, vote: Extract<FromClient, { kind: 'vote' }>): void {
    const problem = this.#sizes.problem(vote);
    if (problem !== undefined) return this.#misbehaves(client, problem.text);
    const handle = known.handles.get(vote.handle);
    if (handle?.kind !== 'provider') return;
    if (this.#rights.allowsVote(handle.rights, vote)) {
      handle.session.tellProcessGroup({ ...vote, client });
      return;
    }
    const { protocol, phase } = vote;
    const fields = { client, protocol, phase };
    handle.session.log.say('warn', 'a vote with riders that are not permitted', fields);
    this.send(client, { kind: 'vote-not-expected', handle: vote.handle, protocol, phase });
  }

  /** The handle has ended meanwhile: what was asked was certainly not run. */
  #noHandle(client: ClientNo, message: ToHandle): void {
    if (!isProposal(message)) {
      this.send(client, { kind: 'done', request: message.request });
    } else {
      const text = 'this membership has ended; join again to propose';
      this.#refuseAll(client, message, { code: 'REMOVED', text });
    }
  }

  #open(client: ClientNo, known: Client, message: Join): void {
    if (known.handles.has(message.handle)) {
      return this.#misbehaves(client, `handle ${message.handle} is in use`);
    }
    const { membershipsPerProcess } = this.#sizes;
    if (known.handles.size >= membershipsPerProcess) {
      this.#refuse(client, message.request, {
        code: 'INVALID_ARGUMENT',
        text: `a process has at most ${membershipsPerProcess} memberships`,
        argument: 'group',
        limit: 'membershipsPerProcess',
      });
      return;
    }
    const full = crowded(known, this.#clients.values());
    if (full !== undefined) return this.#refuse(client, message.request, full);
    const { group } = message;
    const rights = this.#rights.of(known, group);
    const action = message.kind === 'join' ? 'provide' : 'subscribe';
    if (!rights.has(action)) {
      const refusal = this.#rights.denied(known.principal, action, group);
      return this.#refuse(client, message.request, refusal);
    }
    const takesNobody = this.#shared.drained && !this.#isLook(known, group);
    if (takesNobody) return this.#refuse(client, message.request, this.#drainedRefusal());
    const tooMuch =
      message.kind === 'join'
        ? (this.#sizes.attributes(message.attributes) ?? known.work.joinProblem())
        : undefined;
    if (tooMuch !== undefined) return this.#refuse(client, message.request, tooMuch);
    const session = this.#ports.openSession(group);
    const kind = message.kind === 'join' ? 'provider' : 'subscription';
    const persistent = message.kind === 'subscribe' && message.persistent;
    known.handles.set(message.handle, { group, session, kind, persistent, rights });
    known.opening.set(message.request, message.handle);
    const { request, handle, timeout: timeoutMs } = message;
    const opening = { client, request, handle, timeoutMs };
    if (message.kind === 'join') {
      known.work.addJoin(session.processGroup);
      const { instance, attributes, labels } = message;
      session.tellProcessGroup({ kind: 'join', ...opening, instance, attributes, labels });
    } else {
      const { membership, state } = message;
      const seen = { membership, state, persistent };
      session.tellProcessGroup({ kind: 'subscribe', ...opening, ...seen });
    }
  }

  /** An operator who looks at a group that this daemon is in anyway keeps nobody here. */
  #isLook({ isOperator }: Client, group: GroupName): boolean {
    return isOperator && this.#ports.session(group) !== undefined;
  }

  #drainedRefusal(): Refusal {
    const { node } = this.#shared.options;
    const text = `node ${node} is being drained and takes no more joins and subscriptions: connect to the daemon of another node, or say gsctl nodes undrain ${node}`;
    return { code: 'UNAVAILABLE', text };
  }

  #misbehaves(client: ClientNo, reason: string): void {
    this.#shared.emit({ kind: 'closeClient', client, reason });
    this.#gone(client, 'process-failure', 'protocol error');
  }

  #withdraw(client: ClientNo, known: Client, target: number): void {
    const sessions = new Set([...known.handles.values()].map((handle) => handle.session));
    for (const session of sessions) {
      session.tellProcessGroup({ kind: 'withdraw', client, target });
    }
  }

  /** Other rules are in force: handles that they do not allow any more end. */
  permitted(file: PermissionFile | undefined): void {
    this.#rights.change(file);
    for (const [client, known] of this.#clients) {
      this.#nodes.permitted(client, known);
      for (const [number, handle] of known.handles) {
        const { group, kind, session } = handle;
        handle.rights = this.#rights.of(known, group);
        const action = kind === 'provider' ? 'provide' : 'subscribe';
        if (handle.rights.has(action)) continue;
        const refusal = this.#rights.denied(known.principal, action, group);
        session.log.say('warn', 'a permission was withdrawn', { client, why: refusal.text });
        session.tellProcessGroup({ kind: 'denied', client, handle: number, refusal });
      }
    }
  }

  /** The name server says who has come and gone. */
  nodesTold(message: Parameters<NodesWatch['told']>[0]): void {
    this.#nodes.told(message);
  }

  /** The shell has measured what the process has unread of a handle. */
  pressure(input: Extract<DaemonInput, { readonly kind: 'pressure' }>): void {
    const { client, handle, pressed, bytes } = input;
    this.#press({ client, handle, pressed, bytes, cause: 'unread' });
  }

  #press(what: {
    readonly client: ClientNo;
    readonly handle: number;
    readonly pressed: boolean;
    readonly bytes: number;
    readonly cause: PressureCause;
  }): void {
    const { client, handle, pressed, bytes, cause } = what;
    if (!pressed) return this.#pressures.end(client, handle, cause);
    const open = this.#clients.get(client)?.handles.get(handle);
    if (open === undefined) return;
    this.#pressures.begin({ client, handle, session: open.session }, cause, bytes);
  }

  deadline(): Instant {
    const own = Math.min(this.#responsiveness.deadline(), this.#pressures.deadline());
    return Math.min(own, this.#nodes.deadline());
  }

  onDeadline(): void {
    this.#pressures.onDeadline();
    this.#nodes.onDeadline();
    for (const event of this.#responsiveness.onDeadline(this.#shared.now)) {
      if (event.kind === 'found') this.#found(event.client, event.finding);
      else this.send(event.client, { kind: 'ping', n: event.n });
    }
  }

  /** Every group that the process provides hears of it. */
  #found(client: ClientNo, code: Finding | undefined): void {
    const known = this.#clients.get(client);
    if (known === undefined || code === undefined) return;
    this.#shared.log('info', 'responsiveness of a process', { client, code });
    const provided = [...known.handles.values()].filter(({ kind }) => kind === 'provider');
    for (const session of new Set(provided.map((handle) => handle.session))) {
      session.tellProcessGroup({ kind: 'report', client, code });
    }
  }

  /** Each message of a bundle has an answer of its own. */
  #refuseAll(client: ClientNo, message: ProposalMessage, refusal: Refusal): void {
    const count = message.kind === 'bundle' ? message.count : 1;
    for (let i = 0; i < count; i += 1) this.#refuse(client, message.request + i, refusal);
  }

  #refuse(client: ClientNo, request: number, refusal: Refusal): void {
    this.send(client, { kind: 'refused', request, ...refusal });
  }
}
