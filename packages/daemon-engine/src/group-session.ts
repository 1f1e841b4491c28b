import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  joinNoOf,
  type MembershipId,
  membershipId,
  Queue,
} from '@group-services/core';
import {
  MetagroupEngine,
  type MetagroupInput,
  type MetagroupOutput,
} from '@group-services/metagroup';
import {
  ProcessGroupEngine,
  type ProcessGroupInput,
  type ProcessGroupOutput,
} from '@group-services/process-group';
import type { Entry, FromNameServer, GroupMessage } from '@group-services/wire';
import { AbsenceNote } from './absence-note.js';
import { LEVELS } from './ending-levels.js';
import { GroupLog } from './group-log.js';
import { GroupSender } from './group-sender.js';
import type { DaemonOutput } from './inputs.js';
import { metagroupOptions } from './metagroup-options.js';
import { NO_CONNECTION } from './name-server-questions.js';
import { processGroupOptions } from './process-group-options.js';
import type { SessionPorts } from './session-ports.js';
import { SessionTally } from './session-tally.js';
import type { Shared } from './shared.js';
import { SourceHold } from './source-hold.js';

/**
 * One group on this daemon: the external layer's engine, which lives as long as anybody here is
 * interested, and the internal layer's engine of the present membership, a new one per attempt.
 *
 * Each layer's outputs are the other's inputs. The internal layer's are queued and handed over one by
 * one, so that what it delivered first is seen first, although the external layer may answer with a
 * multicast that is delivered at once.
 */
export class GroupSession {
  readonly group: GroupName;
  /** Sessions have an order, that of their beginning. */
  readonly ordinal: number;
  readonly processGroup: ProcessGroupEngine;
  metagroup: MetagroupEngine | undefined;
  /** Our membership, current or last. */
  membership: MembershipId | undefined;
  joinNo = 0;
  readonly tally: SessionTally;
  readonly log: GroupLog;
  readonly #shared: Shared;
  readonly #ports: SessionPorts;
  /** What the internal layer has put out and the external one has not seen yet. */
  readonly #queue = new Queue<MetagroupOutput>();
  #draining = false;
  #create = false;
  #attachWanted: { create: boolean } | undefined; // An attempt that waits for its turn.
  /** Changes of role that the internal layer announced, and those the external layer knows of. */
  #termsAnnounced = 0;
  #termsSeen = 0;
  /** Whether the internal layer takes multicasts, by what it said last. */
  #flowOpen = true;
  /** Whether it said last that processes of some member have too much unread. */
  #groupPressed = false;
  /** What of our own processes has too much unread: handles by name. */
  readonly #pressing = new Set<string>();
  readonly #sender: GroupSender;
  #entry: Entry | undefined;
  #generation = 0;
  readonly #absence: AbsenceNote;
  readonly #hold: SourceHold;
  #stands = false; // Still, as the external layer was told.
  /** What the external layer was told last of what keeps us from getting in. */
  #hindrance: string | undefined;

  constructor(group: GroupName, shared: Shared, ports: SessionPorts) {
    this.group = group;
    this.ordinal = shared.nextOrdinal();
    this.#shared = shared;
    this.#ports = ports;
    this.log = new GroupLog(shared, this);
    this.#absence = new AbsenceNote(group, shared);
    this.#sender = new GroupSender(shared);
    this.tally = new SessionTally(shared, this.log);
    this.#hold = new SourceHold(shared, this, ports.behind);
    const options = processGroupOptions(group, shared, ports.lookUpEvery);
    this.processGroup = new ProcessGroupEngine(options);
  }

  /** Whether nobody here is interested and no membership is left. */
  get isOver(): boolean {
    return this.metagroup === undefined && this.processGroup.isIdle;
  }

  /** Undefined while this daemon is not in the processor group. */
  get providerCount(): number | undefined {
    const { isMember, providers } = this.processGroup.inspect();
    return isMember ? providers.length : undefined;
  }

  /** Questions are under way that others have to answer. */
  get isUnsettled(): boolean {
    return this.metagroup?.isUnsettled === true;
  }

  /** Whether its list names this daemon. */
  lists(daemon: DaemonId): boolean {
    return this.metagroup?.entry?.members.some(({ id }) => daemonOf(id) === daemon) === true;
  }

  get generation(): number {
    return this.metagroup?.generation ?? 0;
  }

  /** Whom this daemon waits for to get in, and what can be done; undefined: for nobody in particular. */
  get waitingText(): string | undefined {
    return this.metagroup?.status === 'joining' ? this.#absence.text : undefined;
  }

  /** A look-up of this daemon is answered. */
  noteResolved({ membership, entry, waitsFor }: Resolved): void {
    if (membership === this.membership) this.#absence.note(entry?.generation ?? 0, waitsFor ?? []);
  }

  tellProcessGroup(input: ProcessGroupInput): void {
    this.#ports.touched();
    this.#performAll(this.processGroup.step(input, this.#shared.now));
    this.#drain();
  }

  tellMetagroup(input: MetagroupInput): void {
    if (this.metagroup === undefined) return;
    this.#ports.touched();
    if (input.kind === 'suspected') this.tally.suspected(input.daemon);
    // One that is listed no more is merely watched no more.
    if (input.kind === 'alive' && this.lists(input.daemon)) this.tally.alive(input.daemon);
    this.#stepMetagroup(input);
    this.#drain();
  }

  /** A handle of one of our processes has too much of this group unread, or no more. */
  press(handle: string, pressed: boolean): void {
    const before = this.#pressing.size > 0;
    if (pressed) this.#pressing.add(handle);
    else this.#pressing.delete(handle);
    const after = this.#pressing.size > 0;
    if (before !== after) this.tellMetagroup({ kind: 'pressed', pressed: after });
  }

  received(from: MembershipId, message: GroupMessage): void {
    this.tellMetagroup({ kind: 'received', from, message });
  }

  deadline(): Instant {
    const external = Math.min(this.processGroup.deadline(), this.#hold.until);
    return this.metagroup === undefined ? external : Math.min(external, this.metagroup.deadline());
  }

  onDeadline(): void {
    const { now, read } = this.#shared;
    this.resume();
    if (this.metagroup !== undefined && this.metagroup.deadline() <= now) {
      this.tellMetagroup({ kind: 'deadlineReached', ...read });
    }
    if (this.processGroup.deadline() > now) return;
    this.#tellHindrance();
    this.tellProcessGroup({ kind: 'deadlineReached' });
  }

  /** Whose time may be up now is to hear what was in the way. */
  #tellHindrance(): void {
    const why = this.metagroup?.status === 'member' ? undefined : this.#findHindrance();
    if (why === this.#hindrance) return;
    this.#hindrance = why;
    this.tellProcessGroup({ kind: 'hindrance', why });
  }

  #findHindrance(): string | undefined {
    const { nameServer } = this.#ports;
    if (!nameServer.isConnected) return `${NO_CONNECTION}; the log of gsd says why`;
    if (nameServer.isRecovering) return 'the name server recovers after a restart; try again soon';
    return this.waitingText;
  }

  #performAll(outputs: readonly ProcessGroupOutput[]): void {
    for (const output of outputs) this.#perform(output);
  }

  #perform(output: ProcessGroupOutput): void {
    switch (output.kind) {
      case 'toClient':
        this.#ports.toClient(output.client, output.message);
        return;
      case 'multicast':
        // Decided on the footing of an earlier term: the new one has not been told to it yet.
        if (this.#termsSeen !== this.#termsAnnounced) return;
        return this.#stepMetagroup(output);
      case 'request':
      case 'requestDone':
      case 'reply':
      case 'snapshot':
        return this.#stepMetagroup(output);
      case 'attach':
        return this.#wantAttach(output.create);
      case 'detach':
        return this.#detach();
      case 'branch':
        return this.#observed(output);
      case 'traced':
        this.#shared.emit({ ...output, group: this.group });
        return;
      case 'log':
        this.log.say(output.level, output.event, output.fields);
        return;
    }
  }

  #wantAttach(create: boolean): void {
    if (this.#attachWanted !== undefined) {
      this.#attachWanted.create ||= create;
      return;
    }
    this.#attachWanted = { create };
    this.#ports.paced(() => {
      this.#ports.touched();
      const wanted = this.#attachWanted;
      this.#attachWanted = undefined;
      if (wanted !== undefined) this.#attach(wanted.create);
    });
  }

  #detach(): void {
    const waited = this.#attachWanted !== undefined;
    this.#attachWanted = undefined;
    if (this.metagroup !== undefined) this.#stepMetagroup({ kind: 'leave' });
    if (this.metagroup !== undefined || !waited) return;
    // It has not even begun.
    this.#queue.push({ kind: 'ended', reason: 'left', why: 'left before it began to join' });
  }

  /** Begins a membership unless there is one; a mere look-up makes way for one that may create. */
  #attach(create: boolean): void {
    if (this.metagroup !== undefined) {
      if (this.metagroup.status !== 'joining' || this.#create || !create) return;
    }
    const before = this.joinNo;
    this.joinNo = this.#shared.nextJoinNo();
    this.#ports.numbered(before);
    this.membership = membershipId(this.#shared.self, this.joinNo);
    this.#create = create;
    this.#queue.clear();
    this.#termsAnnounced = 0;
    this.#termsSeen = 0;
    const { group, membership } = this;
    const { peers, surroundings } = this.#ports;
    const others = { suspected: peers.suspected(), drained: peers.drained(), surroundings };
    const attempt = { group, membership, create, ...others };
    this.metagroup = new MetagroupEngine(metagroupOptions(this.#shared, attempt));
    this.#enqueue(this.metagroup.start(this.#shared.now));
    if (this.#shared.isolated) this.#stepMetagroup({ kind: 'contactLost' });
    if (this.#pressing.size > 0) this.#stepMetagroup({ kind: 'pressed', pressed: true });
    this.#drain();
  }

  #stepMetagroup(input: MetagroupInput): void {
    if (this.metagroup === undefined) return;
    this.#enqueue(this.metagroup.step(input, this.#shared.now));
  }

  /** What leaves the daemon goes out at once; what goes up waits for its turn. */
  #enqueue(outputs: readonly MetagroupOutput[]): void {
    for (const output of outputs) {
      this.tally.put(output, this.membership);
      if (output.kind === 'send' || output.kind === 'sendAll') this.#sender.send(this, output);
      else if (output.kind === 'askNameServer') this.#ports.nameServer.ask(output.message);
      // What has happened has happened, also while what is to be shown waits.
      else if (output.kind === 'observed') this.#observed(output.event);
      else this.#queue.push(output);
      if (output.kind === 'ended') this.#hold.end();
      if (output.kind === 'leading' || output.kind === 'following') {
        this.#termsAnnounced += 1;
        this.#flowOpen = true;
        this.#groupPressed = false;
      } else if (output.kind === 'pressure') {
        this.#groupPressed = output.pressed;
        if (output.pressed) this.#performAll(this.processGroup.step(output, this.#shared.now));
      } else if (output.kind === 'flow') {
        this.#flowOpen = output.open;
        // Before whatever else waits, or all of it would still be placed.
        if (!output.open) this.#performAll(this.processGroup.step(output, this.#shared.now));
      }
    }
  }

  /** Its source has been shown more here, or time has passed. */
  resume(): void {
    if (!this.#hold.mayGoOn) return;
    this.#ports.touched();
    this.#drain();
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (next.kind === 'ordered' && this.#hold.holds(next.body)) break;
      this.#queue.shift();
      this.#handOver(next);
    }
    this.#draining = false;
    this.#tellWhetherStill();
    const engine = this.metagroup;
    if (engine?.entry !== this.#entry || (engine?.generation ?? 0) !== this.#generation) {
      this.#entry = engine?.entry;
      this.#generation = engine?.generation ?? 0;
      this.#ports.changed();
    }
  }

  #tellWhetherStill(): void {
    const still = this.metagroup?.standsStill === true;
    if (still === this.#stands) return;
    this.#stands = still;
    this.#up({ kind: 'standsStill', still });
    this.#drain();
  }

  #handOver(output: MetagroupOutput): void {
    switch (output.kind) {
      case 'ordered':
      case 'request':
      case 'snapshotWanted':
        return this.#up(output);
      case 'view':
        return this.#up({ ...output, stopped: this.#ports.peers.stopped });
      case 'flow':
        // It may have closed again since this was put out.
        return this.#up({ kind: 'flow', open: this.#flowOpen });
      case 'pressure':
        return this.#up({ kind: 'pressure', pressed: this.#groupPressed });
      case 'leading':
      case 'following':
        this.#termsSeen += 1;
        this.#up(
          output.kind === 'leading' ? { ...output, stopped: this.#ports.peers.stopped } : output,
        );
        if (!this.#flowOpen) this.#up({ kind: 'flow', open: false });
        if (this.#groupPressed) this.#up({ kind: 'pressure', pressed: true });
        return;
      case 'replied':
        return this.#up({ kind: 'reply', n: output.n, body: output.body });
      case 'attached':
        return this.#up({ ...output, membership: this.membership as MembershipId });
      case 'ended':
        return this.#ended(output);
      default:
        return;
    }
  }

  #up(input: ProcessGroupInput): void {
    this.#performAll(this.processGroup.step(input, this.#shared.now));
  }

  #ended(output: Extract<MetagroupOutput, { readonly kind: 'ended' }>): void {
    const { reason, why } = output;
    const level = LEVELS[reason];
    this.log.say(level, 'membership ended', { reason, why });
    this.#observed({ kind: 'ended', reason });
    const { journal } = this.#shared.options;
    journal?.add({ kind: 'left', group: this.group, why }, this.#shared.now);
    this.metagroup = undefined;
    this.#queue.clear();
    this.#up({ kind: 'detached', reason });
  }

  #observed(event: Observed): void {
    if (this.#shared.options.observe !== true) return;
    const { group, membership, generation } = this;
    if (membership === undefined) return;
    this.#shared.emit({ kind: 'observed', group, membership, generation, event });
  }

  /** Whether a message for this join number is for the present membership. */
  isCurrent(to: MembershipId): boolean {
    return this.metagroup !== undefined && joinNoOf(to) === this.joinNo;
  }
}

type Resolved = Extract<FromNameServer, { readonly kind: 'resolved' }>;

type Observed = Extract<DaemonOutput, { readonly kind: 'observed' }>['event'];
