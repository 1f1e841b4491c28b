// What an admin endpoint answers, by path: a pattern for each, whose parts in `:name` stand for anything.
import type { Operator, Refusal } from './admin-guard.js';

/** What is asked of a route. */
export interface RouteRequest {
  /** The parts of the path that stand for `:name` in the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The header of that name; empty without it. */
  readonly accept: string;
  readonly operator: Operator;
}

/** An answer that is no: with its place in the program's contract, and why. */
export class RefusedAnswer {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

/** An answer that is no JSON. */
export class TextAnswer {
  readonly contentType: string;
  readonly text: string;

  constructor({ contentType, text }: { readonly contentType: string; readonly text: string }) {
    this.contentType = contentType;
    this.text = text;
  }
}

/**
 * Gives a text, a refusal, a stream of events (`EventFeed`), or the object or array that is answered as JSON;
 * undefined is answered as 404.
 */
export type Route = (request: RouteRequest) => object | undefined | Promise<object | undefined>;

/** By pattern, such as `/api/groups/:name`. */
export type Routes = Readonly<Record<string, Route>>;

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type RouteFinder = (path: string) => FoundRoute | undefined;

export function routeFinder(routes: Routes): RouteFinder {
  const patterns = Object.entries(routes).map(([pattern, route]) => ({
    parts: pattern.split('/'),
    route,
  }));
  return (path) => {
    const parts = path.split('/');
    for (const { parts: wanted, route } of patterns) {
      const params = matchParts(wanted, parts);
      if (params !== undefined) return { route, params };
    }
    return undefined;
  };
}

function matchParts(
  wanted: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (wanted.length !== parts.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, want] of wanted.entries()) {
    const part = parts[index] ?? '';
    if (want.startsWith(':')) {
      const decoded = decode(part);
      if (decoded === undefined || decoded === '') return undefined;
      params.push([want.slice(1), decoded]);
    } else if (want !== part) {
      return undefined;
    }
  }
  return Object.fromEntries(params);
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    // A broken escape names nothing that exists.
    return undefined;
  }
}
