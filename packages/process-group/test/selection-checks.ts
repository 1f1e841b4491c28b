import type { ToClient } from '@group-services/wire';
import type { Chronicle, Placed } from './chronicle.js';
import type { Process } from './processes.js';

type Changing = Extract<ToClient, { kind: 'approved' | 'rejected' }>;

/** A protocol as those who heard its end know it. */
interface Protocol {
  readonly id: string;
  readonly kind: string;
  readonly start: Placed;
  readonly joining: readonly string[];
  readonly left: readonly { readonly provider: string; readonly reason: string }[];
  readonly failedVoters: readonly string[];
}

const FAILURES = ['process-failure', 'quit', 'goodbye'];

/** Which protocols were run, in which order, and what was put together (§§3.9–3.11; M22, M26, M27). */
export function selectionWrong(
  chronicle: Chronicle,
  living: readonly Process[],
): readonly string[] {
  const protocols = protocolsOf(chronicle, living);
  return [
    ...protocols.flatMap(kindProblems),
    ...protocols.flatMap((it) => orderProblems(chronicle, it, protocols)),
    ...protocols.flatMap((it) => voterProblems(chronicle, it, living)),
    ...living.flatMap(prescreenProblems),
  ];
}

function protocolsOf(chronicle: Chronicle, living: readonly Process[]): readonly Protocol[] {
  const known = new Map<string, Protocol>();
  for (const message of living.flatMap(({ heard }) => heard)) {
    if (message.kind !== 'approved' && message.kind !== 'rejected') continue;
    const { id, kind } = message.protocol;
    const start = chronicle.placed(id);
    if (start === undefined) continue;
    const { joining = [], left = [], failedVoters = [] } = known.get(id) ?? {};
    known.set(id, {
      id,
      kind,
      start,
      joining: [...joining, ...joiningOf(message)],
      left: [...left, ...(message.membership?.left ?? [])],
      failedVoters: [...failedVoters, ...failedVotersOf(message)],
    });
  }
  return [...known.values()];
}

function joiningOf(message: Changing): readonly string[] {
  return message.kind === 'approved' ? (message.membership?.joined ?? []) : message.joining;
}

function failedVotersOf({ causes = [] }: Changing): readonly string[] {
  return causes.flatMap(({ code, provider }) =>
    code === 'provider-failed' && provider !== undefined ? [provider] : [],
  );
}

/** Joins alone, expels alone; a leave may be part of a failure leave. */
function kindProblems({ id, kind, joining, left }: Protocol): readonly string[] {
  const wrong: string[] = [];
  if (kind !== 'join' && joining.length > 0) wrong.push(`${id}: a ${kind} with joins in it`);
  for (const { provider, reason } of left) {
    const isOfKind =
      kind === 'failure'
        ? reason !== 'expel'
        : (kind === 'leave' || kind === 'expel') && reason === kind;
    if (!isOfKind) wrong.push(`${id}: a ${kind} removes ${provider} (${reason})`);
  }
  return wrong;
}

/** No join is started while its leader knows of a failed provider (rule R3, and R2 with it). */
function orderProblems(
  chronicle: Chronicle,
  { kind, left, start }: Protocol,
  protocols: readonly Protocol[],
): readonly string[] {
  if (kind !== 'failure') return [];
  return left.flatMap(({ provider, reason }) => {
    const known = FAILURES.includes(reason)
      ? chronicle.knewDown((down) => down.provider === provider, start)
      : undefined;
    if (known === undefined) return [];
    const early = protocols.filter(
      (it) =>
        it.kind === 'join' &&
        it.start.leader === start.leader &&
        it.start.moment > known &&
        it.start.moment < start.moment,
    );
    return early.map(
      ({ id }) => `${id}: a join before the failure of ${provider}, which was known`,
    );
  });
}

/** Who was known to have failed when a protocol began is none of its voters. */
function voterProblems(
  chronicle: Chronicle,
  { id, failedVoters, start }: Protocol,
  living: readonly Process[],
): readonly string[] {
  const numbers = numbersIn(id, living);
  return failedVoters.flatMap((provider) => {
    const no = numbers.get(provider);
    const isKnown = chronicle.knewDown((down) => down.no === no, start) !== undefined;
    return isKnown ? [`${id}: ${provider} had failed before, and is a voter`] : [];
  });
}

/** An id may be used again, a number is not: those of the list that the voters were shown. */
function numbersIn(protocol: string, living: readonly Process[]): ReadonlyMap<string, number> {
  const views = living.flatMap((process) =>
    process.heard.flatMap((it) =>
      it.kind === 'ballot' && it.protocol.id === protocol ? (process.shownBy(it) ?? []) : [],
    ),
  );
  return new Map(
    views.flatMap(({ providers, numbers }) =>
      providers.flatMap((provider, index) => {
        const no = numbers[index];
        return no === undefined ? [] : [[provider, no] as const];
      }),
    ),
  );
}

/** Who is in has the group's attributes, or gave none that differ. */
function prescreenProblems({ daemon, client, heard, joins }: Process): readonly string[] {
  return heard.flatMap((message) => {
    if (message.kind !== 'joined') return [];
    const present = new Map(Object.entries(message.attributes));
    const given = Object.entries(joins.get(message.handle)?.attributes ?? {});
    return given.flatMap(([name, value]) =>
      JSON.stringify(present.get(name)) === JSON.stringify(value)
        ? []
        : [`${daemon.node}${client}: joined with another ${name}`],
    );
  });
}
