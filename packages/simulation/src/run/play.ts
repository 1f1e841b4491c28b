import { Violation } from '../checkers/violation.js';
import type { Profile } from '../profile/profile.js';
import type { Domain } from './domain.js';

/** Beyond so many events a run is a storm: nothing that protocols do on purpose comes near. */
const EVENTS_MAX = 3_000_000;
/** So many at one instant and an engine asks for a deadline that it then does not serve. */
const EVENTS_PER_INSTANT_MAX = 20_000;
/** Before so many suspicion times and a lease nobody asks whether a healed domain is at rest. */
const REST_AFTER_SUSPICIONS = 1;

/** The safety phase with its faults, then the liveness phase without. Throws what checkers find. */
export function play(domain: Domain, profile: Profile): void {
  const clock = new Clock(domain);
  domain.start();
  clock.runUntil(profile.safetyMs);
  domain.heal();
  const backlog = domain.backlogMs;
  const end = profile.safetyMs + profile.livenessMs + backlog;
  const { suspectAfterMs, leaseMs } = profile.timing;
  const reconnected = REST_AFTER_SUSPICIONS * suspectAfterMs + leaseMs;
  clock.runUntil(Math.min(end, profile.safetyMs + reconnected));
  clock.rest(profile, end - profile.livenessMs / 2);
  const lasted = clock.lasting(profile);
  domain.rollCall();
  clock.rest(profile, end + lasted);
  domain.finish();
}

/** Runs a domain and watches that time goes on. */
class Clock {
  readonly #domain: Domain;
  #events = 0;
  #instant = 0;
  #atInstant = 0;

  constructor(domain: Domain) {
    this.#domain = domain;
  }

  runUntil(until: number): void {
    const { time } = this.#domain;
    while (time.step(until)) {
      this.#events += 1;
      this.#atInstant = time.now === this.#instant ? this.#atInstant + 1 : 0;
      this.#instant = time.now;
      if (this.#events > EVENTS_MAX) {
        throw new Violation('storm', `${EVENTS_MAX} events and no end`);
      }
      if (this.#atInstant > EVENTS_PER_INSTANT_MAX) {
        const text = `time stands still at ${this.#instant}: ${this.#domain.busiest()}`;
        throw new Violation('storm', text);
      }
    }
    time.runUntil(until);
  }

  /** A fault that does not heal: the rest has to go on, within the bound of the liveness phase. */
  lasting({ lasting, livenessMs, timing }: Profile): number {
    const domain = this.#domain;
    const since = domain.time.now;
    const apart = lasting === undefined ? undefined : domain.part(lasting);
    if (apart === undefined) return 0;
    const until = since + livenessMs;
    this.runUntil(since + 2 * timing.leaseMs);
    while (domain.time.now < until && domain.standsStill(apart) !== undefined) {
      this.runUntil(Math.min(until, domain.time.now + timing.suspectAfterMs / 2));
    }
    const what = domain.standsStill(apart);
    if (what !== undefined) throw new Violation('goes-on', `while ${apart.node} is apart ${what}`);
    domain.mend(apart);
    this.runUntil(domain.time.now + timing.leaseMs + timing.suspectAfterMs);
    return domain.time.now - since;
  }

  /** Until the domain was at rest twice in a row, at the latest until `until`. */
  rest({ patient, timing }: Profile, until: number): void {
    let isAtRest = 0;
    while (this.#domain.time.now < until && isAtRest < 2) {
      const next = patient ? until : this.#domain.time.now + timing.suspectAfterMs / 2;
      this.runUntil(Math.min(until, next));
      isAtRest = !patient && this.#domain.isAtRest ? isAtRest + 1 : 0;
    }
  }
}
