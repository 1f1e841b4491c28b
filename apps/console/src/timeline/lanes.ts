import type { Mark, Protocol } from '../model/history.js';

/** A row of the timeline: a provider, or a group when all are looked at. */
export interface Lane {
  readonly name: string;
  /** When it was there; undefined ends are open. */
  readonly presence: readonly Presence[];
}

export interface Presence {
  from: number | undefined;
  to: number | undefined;
}

/** What is drawn: rows, and what stands in them. */
export interface Scene {
  readonly kind: 'providers' | 'groups';
  readonly lanes: readonly Lane[];
  readonly protocols: readonly Protocol[];
  readonly marks: readonly Mark[];
}

/** One group: a lane for each provider, those of the present list first, oldest first. */
export function providerScene(
  protocols: readonly Protocol[],
  marks: readonly Mark[],
  providers: readonly string[],
): Scene {
  const lanes = new Map<string, Presence[]>(providers.map((id) => [id, []]));
  for (const protocol of protocols) addPresence(lanes, protocol);
  const present = new Set(providers);
  const shown = [...lanes].map(([name, presence]): Lane => {
    const isOpen = presence.some(({ to }) => to === undefined);
    if (present.has(name) && !isOpen) presence.push({ from: undefined, to: undefined });
    return { name, presence };
  });
  return { kind: 'providers', lanes: shown, protocols, marks };
}

/** All groups: a lane for each. */
export function groupScene(protocols: readonly Protocol[], marks: readonly Mark[]): Scene {
  const names = [...new Set(protocols.map(({ group }) => group))].sort();
  const presence = [{ from: undefined, to: undefined }];
  return { kind: 'groups', lanes: names.map((name) => ({ name, presence })), protocols, marks };
}

function addPresence(lanes: Map<string, Presence[]>, protocol: Protocol): void {
  const { what, subjects, outcome, endedAt, startedAt } = protocol;
  const of = (name: string): Presence[] => {
    const known = lanes.get(name) ?? [];
    lanes.set(name, known);
    return known;
  };
  for (const voter of protocol.voters) of(voter);
  for (const { provider } of subjects) {
    const presence = of(provider);
    const isForced = what === 'failure';
    if (outcome !== 'approved' && !isForced) continue;
    const at = endedAt ?? startedAt;
    const last = presence.at(-1);
    if (what === 'join') presence.push({ from: at, to: undefined });
    else if (last !== undefined && last.to === undefined) last.to = at;
    else presence.push({ from: undefined, to: at });
  }
}
