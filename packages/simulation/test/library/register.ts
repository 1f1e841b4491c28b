/** One call on one register, as its caller saw it. `end` is Infinity when the outcome is unknown. */
export interface Call {
  readonly kind: 'get' | 'set' | 'delete' | 'cas';
  readonly start: number;
  readonly end: number;
  readonly value?: unknown;
  readonly expected?: unknown;
  /** What it answered; undefined also for: nobody knows. */
  readonly answer?: unknown;
}

interface Step {
  readonly value: unknown;
  readonly fits: boolean;
}

/** What a call does to a register, and whether it can have answered what it did. */
function step(call: Call, value: unknown): Step {
  const unknown = call.end === Number.POSITIVE_INFINITY;
  switch (call.kind) {
    case 'get':
      return { value, fits: unknown || call.answer === value };
    case 'set':
      return { value: call.value, fits: true };
    case 'delete':
      return { value: undefined, fits: unknown || call.answer === (value !== undefined) };
    case 'cas': {
      const does = value === call.expected;
      return { value: does ? call.value : value, fits: unknown || call.answer === does };
    }
  }
}

/**
 * Whether there is one order of all calls in which each stands between its start and its end, and
 * answers as a register would. A call with an unknown outcome may stand anywhere behind its start, or
 * nowhere. (Wing and Gong's search, with the states it has seen.)
 */
export function isLinearizable(calls: readonly Call[]): boolean {
  const ordered = [...calls].sort((one, other) => one.start - other.start);
  const seen = new Set<string>();
  const search = (left: readonly number[], value: unknown): boolean => {
    const open = left.map((index) => ordered[index]).filter((call) => call !== undefined);
    if (open.every(({ end }) => end === Number.POSITIVE_INFINITY)) return true;
    const key = `${left.join()}|${String(value)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    const firstEnd = Math.min(...open.map(({ end }) => end));
    return left.some((index) => {
      const call = ordered[index];
      if (call === undefined || call.start > firstEnd) return false;
      const { value: next, fits } = step(call, value);
      if (!fits) return false;
      return search(
        left.filter((other) => other !== index),
        next,
      );
    });
  };
  return search([...ordered.keys()], undefined);
}
