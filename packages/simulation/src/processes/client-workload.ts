import type { GroupName, Rng } from '@group-services/core';
import {
  BundleWriter,
  type FromClient,
  type Labels,
  type PartialAttributes,
  type Phases,
  type Proposed,
  type SendMessage,
} from '@group-services/wire';
import type { VotingProfile } from '../profile/profile.js';
import { drawAttributes, drawChange, drawTimeLimit, PHASES } from '../profile/voting-profile.js';
import type { Shared } from '../world/shared.js';
import type { ClientSession, OwnHandle } from './client-session.js';

/** What one process begins on its own: joins, subscriptions, messages, proposals, and their end. */
export class ClientWorkload {
  readonly #shared: Shared;
  readonly #groups: readonly GroupName[];
  readonly #rng: Rng;
  /** Groups that others began: their attributes are adopted. */
  readonly #adopted = new Set<GroupName>();

  constructor(
    shared: Shared,
    options: { readonly groups: readonly GroupName[]; readonly rng: Rng },
  ) {
    this.#shared = shared;
    this.#groups = options.groups;
    this.#rng = options.rng;
  }

  /** The group has other attributes than this process would give it. */
  adopt(group: GroupName): void {
    this.#adopted.add(group);
  }

  /** Joins a group if it provides none, or sends as the provider it is. */
  answer(session: ClientSession): void {
    const open = [...session.handles.values()].filter(isOpenProvider);
    if (open.length === 0) this.#join(session, this.#free());
    for (const own of open) this.#send(session, own);
  }

  /** One that can be joined whatever else is provided here. */
  #free(): GroupName {
    const picked = this.#rng.pick(this.#groups);
    return this.#sourceOf(picked) === undefined ? picked : (this.#groups[0] ?? picked);
  }

  /** Where groups depend on one another, each does on the one before it. */
  #sourceOf(group: GroupName): GroupName | undefined {
    if (!this.#shared.profile.dependent) return undefined;
    return this.#groups[this.#groups.indexOf(group) - 1];
  }

  act(session: ClientSession): void {
    const { handlesMax, endChance, withdraws } = this.#shared.profile.workload;
    const live = [...session.handles.values()];
    const open = live.filter((own) => own.phase === 'open');
    const wantsMore = live.length < handlesMax && (open.length === 0 || this.#rng.chance(0.2));
    if (wantsMore) {
      this.#begin(session);
      return;
    }
    if (this.#rng.chance(withdraws === 'often' ? 0.3 : 0.03)) {
      this.#withdraw(session);
      return;
    }
    if (open.length === 0) return;
    const own = this.#rng.pick(open);
    if (this.#rng.chance(endChance)) this.#finish(session, own);
    else if (own.role === 'provider') this.#propose(session, own);
  }

  /** What was asked for last, or one of the requests before it, which may long be answered. */
  #withdraw(session: ClientSession): void {
    const { lastRequest } = session;
    if (lastRequest === 0) return;
    const isOlder = this.#shared.profile.workload.withdraws === 'often' && this.#rng.chance(0.4);
    const before = isOlder ? this.#rng.between(0, Math.min(lastRequest - 1, 10)) : 0;
    if (isOlder) this.#shared.counters.count('withdrawals of older requests');
    session.say({ kind: 'withdraw', target: lastRequest - before });
  }

  #begin(session: ClientSession): void {
    const group = this.#rng.pick(this.#groups);
    const { subscribeChance } = this.#shared.profile.workload;
    if (this.#rng.chance(subscribeChance)) this.#subscribe(session, group);
    else this.#join(session, group);
  }

  #join(session: ClientSession, group: GroupName): void {
    const { workload, timing } = this.#shared.profile;
    const own = session.newHandle(group, 'provider');
    const instance = workload.namedInstances ? { instance: this.#rng.pick(['a', 'b', 'c']) } : {};
    session.say({
      kind: 'join',
      request: session.newRequest(),
      handle: own.handle,
      group,
      ...instance,
      attributes: { ...this.#attributes(group), ...this.#source(group) },
      ...this.#labels(session, own),
      timeout: this.#rng.chance(0.5) ? 0 : timing.suspectAfterMs * this.#rng.between(1, 20),
    });
  }

  /** Two of three say something, each something else; drawn from nothing, so that it moves nothing. */
  #labels({ label }: ClientSession, { handle }: OwnHandle): { readonly labels?: Labels } {
    if (!this.#shared.profile.workload.labelled || handle % 3 === 0) return {};
    return { labels: { made: `${label}#${handle}`, kind: String(handle % 3) } };
  }

  /** Left out where the group has turned out to have other attributes: then it has none for a life. */
  #source(group: GroupName): PartialAttributes {
    const source = this.#sourceOf(group);
    return source === undefined || this.#adopted.has(group) ? {} : { source, castOutPhases: 1 };
  }

  #attributes(group: GroupName): PartialAttributes {
    const { workload, timing, voting } = this.#shared.profile;
    const version =
      workload.attributes && this.#rng.chance(0.3) ? { version: this.#rng.pick(['1', '2']) } : {};
    if (voting === undefined || this.#adopted.has(group)) return version;
    if (!this.#rng.chance(voting.attributesChance)) return version;
    return { ...version, ...drawAttributes(this.#rng, voting, timing) };
  }

  #subscribe(session: ClientSession, group: GroupName): void {
    const own = session.newHandle(group, 'subscriber');
    const membership = this.#rng.chance(0.7);
    session.say({
      kind: 'subscribe',
      request: session.newRequest(),
      handle: own.handle,
      group,
      membership,
      state: !membership || this.#rng.chance(0.5),
      persistent: this.#rng.chance(0.5),
      timeout: this.#shared.profile.timing.suspectAfterMs * this.#rng.between(1, 20),
    });
  }

  #propose(session: ClientSession, own: OwnHandle): void {
    const { voting, workload } = this.#shared.profile;
    if (voting !== undefined && this.#rng.chance(voting.share)) {
      this.#proposeVoted(session, own, voting);
      return;
    }
    const choice = this.#rng.next();
    const { burstMax, floodChance } = workload;
    if (choice < 0.7) {
      const flood = this.#rng.chance(floodChance);
      if (flood) this.#shared.counters.count('fault: client flood');
      this.#sendAll(session, own, flood ? FLOOD : this.#rng.between(1, burstMax));
    } else if (choice < 0.9) {
      this.#proposeOne(session, own, this.#state(session, own));
    } else if (choice < 0.95) {
      const attributes = this.#change(voting);
      this.#proposeOne(session, own, { kind: 'attributes', attributes });
    } else if (choice < 0.98) session.say({ kind: 'groups', request: session.newRequest() });
    else this.#expel(session, own);
  }

  #state(session: ClientSession, own: OwnHandle): Proposed {
    const conditional = this.#rng.chance(0.4) ? { ifState: own.stateValue } : {};
    return { kind: 'state', value: session.payload(own, true), ...conditional };
  }

  #change(voting: VotingProfile | undefined): PartialAttributes {
    if (voting === undefined) return { timeLimit: this.#rng.between(1, 3) * 1000 };
    return drawChange(this.#rng, voting, this.#shared.profile.timing);
  }

  #expel(session: ClientSession, own: OwnHandle): void {
    const others = othersOf(own);
    if (others.length === 0) return;
    this.#proposeOne(session, own, { kind: 'expel', providers: [this.#rng.pick(others)] });
  }

  #send(session: ClientSession, own: OwnHandle): void {
    session.say(this.#message(session, own));
  }

  /**
   * As the library does: those with the same options that follow each other travel as one. A bundle is no
   * larger than the window, as in every configuration that a daemon takes.
   */
  #sendAll(session: ClientSession, own: OwnHandle, count: number): void {
    const { limits, workload } = this.#shared.profile;
    const bundle = new BundleWriter();
    let first: SendMessage | undefined;
    let bytes = 0;
    for (let i = 0; i < count; i += 1) {
      const message = this.#message(session, own);
      const size = message.payload.length;
      const isSmall = bundle.count < workload.bundleMax && bytes + size <= limits.maxUnstableBytes;
      const fits = isSmall && bundle.fits(size);
      if (first !== undefined && (first.safe !== message.safe || !fits)) {
        session.say(asOne(first, bundle));
        first = undefined;
        bytes = 0;
      }
      first ??= message;
      bytes += size;
      bundle.add(message.payload);
    }
    if (first !== undefined) session.say(asOne(first, bundle));
  }

  #message(session: ClientSession, own: OwnHandle): SendMessage {
    const safe = this.#rng.chance(this.#shared.profile.workload.safeChance);
    const request = session.newRequest();
    const payload = session.payload(own, safe);
    return { kind: 'send', request, handle: own.handle, safe, payload };
  }

  #proposeOne(session: ClientSession, own: OwnHandle, proposed: Proposed): void {
    const request = session.newRequest();
    const { handle } = own;
    const trace = session.trace(request);
    session.say({ kind: 'propose', request, handle, phases: 1, proposed, ...trace });
  }

  #proposeVoted(session: ClientSession, own: OwnHandle, voting: VotingProfile): void {
    if (session.voted.size >= voting.openMax) return this.#send(session, own);
    const proposed = this.#voted(session, own, voting);
    const { suspectAfterMs } = this.#shared.profile.timing;
    const isLimited = this.#rng.chance(0.6);
    const timeLimit = isLimited ? drawTimeLimit(this.#rng, voting, suspectAfterMs) : undefined;
    const request = session.newRequest();
    session.voted.add(request);
    if (proposed.kind === 'leave') own.phase = 'ending';
    session.say({
      kind: 'propose',
      request,
      handle: own.handle,
      phases: this.#rng.pick<Phases>(PHASES),
      ...(timeLimit === undefined ? {} : { timeLimit }),
      ...session.trace(request),
      proposed,
    });
  }

  #voted(session: ClientSession, own: OwnHandle, voting: VotingProfile): Proposed {
    const choice = this.#rng.next();
    const others = othersOf(own);
    if (choice < 0.35) return this.#state(session, own);
    if (choice < 0.6) {
      const safe = this.#rng.chance(this.#shared.profile.workload.safeChance);
      return { kind: 'voted-message', payload: session.payload(own, safe), safe };
    }
    if (choice < 0.75) return { kind: 'barrier' };
    if (choice < 0.85) return { kind: 'attributes', attributes: this.#change(voting) };
    if (choice < 0.93 || others.length === 0) return { kind: 'leave', reason: 'voted' };
    const first = this.#rng.pick(others);
    return { kind: 'expel', providers: [...new Set([first, this.#rng.pick(others)])] };
  }

  #finish(session: ClientSession, own: OwnHandle): void {
    const choice = this.#rng.next();
    const request = session.newRequest();
    if (choice < 0.1) {
      session.say({ kind: 'close', request });
      for (const each of session.handles.values()) each.phase = 'ending';
      return;
    }
    own.phase = 'ending';
    if (own.role === 'subscriber') {
      session.say({ kind: 'unsubscribe', request, handle: own.handle });
    } else if (choice < 0.4) {
      session.say({ kind: 'goodbye', request, handle: own.handle });
    } else {
      const proposed = { kind: 'leave' } as const;
      session.say({ kind: 'propose', request, handle: own.handle, phases: 1, proposed });
    }
  }
}

/** Messages of one flood: more than a daemon takes without an answer is refused. */
const FLOOD = 300;

/** What was gathered, the first message of which is given. */
function asOne(first: SendMessage, bundle: BundleWriter): FromClient {
  const { count, content } = bundle.take();
  if (count === 1) return first;
  const { handle, request, safe } = first;
  return { kind: 'bundle', handle, request, safe, count, content: content.slice() };
}

function isOpenProvider(own: OwnHandle): boolean {
  return own.role === 'provider' && own.phase === 'open';
}

function othersOf({ list, provider: self }: OwnHandle): string[] {
  return (list?.view.providers ?? []).filter((provider) => provider !== self);
}
