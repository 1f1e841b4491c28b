import { durationText, namesText, plural, sizeText } from './words.js';

/** What an operator can want of the domain. */
export type Wish =
  | {
      readonly kind: 'expel';
      readonly group: string;
      readonly provider: string;
      readonly left: number;
    }
  | {
      readonly kind: 'reset';
      readonly group: string;
      readonly providers: number;
      readonly stateBytes: number | undefined;
    }
  | { readonly kind: 'drain'; readonly node: string; readonly leads: readonly string[] }
  | { readonly kind: 'undrain'; readonly node: string }
  | { readonly kind: 'forget'; readonly node: string };

/** A wish in words: what it is called, what happens, and the name to type before it does. */
export interface WishText {
  readonly title: string;
  readonly happens: readonly string[];
  readonly name: string;
  readonly button: string;
  /** For the request: an address on the admin endpoint. */
  readonly path: string;
  /** Whether members can be told why. */
  readonly takesReason: boolean;
  /** It destroys something. */
  readonly isHarsh: boolean;
}

export function wishText(wish: Wish): WishText {
  switch (wish.kind) {
    case 'expel':
      return expelText(wish);
    case 'reset':
      return resetText(wish);
    case 'drain':
      return drainText(wish);
    case 'undrain':
      return {
        title: `Undrain node ${wish.node}`,
        happens: [`Node ${wish.node} takes joins and subscriptions again, and leads groups.`],
        name: wish.node,
        button: 'Undrain',
        path: pathOf('undrain', { node: wish.node }),
        takesReason: false,
        isHarsh: false,
      };
    case 'forget':
      return {
        title: `Forget node ${wish.node}`,
        happens: [
          `The name server takes it that the daemon of ${wish.node} never comes back.`,
          'Groups whose state only it held are given up, and begin anew with the next join.',
          'A node that is alive is refused.',
        ],
        name: wish.node,
        button: 'Forget',
        path: pathOf('forget', { node: wish.node }),
        takesReason: false,
        isHarsh: true,
      };
  }
}

function expelText({ group, provider, left }: Extract<Wish, { kind: 'expel' }>): WishText {
  return {
    title: `Expel ${provider}`,
    happens: [
      `${provider} is removed from ${group} without a vote, and told so; ${left === 0 ? 'nobody is left' : plural(left, 'provider stays', 'providers stay')}.`,
      'Its process goes on running, and may join again.',
      'If something is voted on now it is removed when that has ended.',
    ],
    name: provider,
    button: 'Expel',
    path: pathOf('expel', { group, provider }),
    takesReason: true,
    isHarsh: true,
  };
}

function resetText({ group, providers, stateBytes }: Extract<Wish, { kind: 'reset' }>): WishText {
  const value =
    stateBytes === undefined
      ? 'It has no state value to lose.'
      : `Its state value (${sizeText(stateBytes)}) is lost.`;
  return {
    title: `Reset group ${group}`,
    happens: [
      `The group is given up: ${plural(providers, 'provider')} ${providers === 1 ? 'is' : 'are'} removed (reason group-lost), and its subscriptions end.`,
      `${value} What was proposed and has no result yet is lost as well.`,
      'The next join begins it anew.',
    ],
    name: group,
    button: 'Reset',
    path: pathOf('reset', { group }),
    takesReason: false,
    isHarsh: true,
  };
}

function drainText({ node, leads }: Extract<Wish, { kind: 'drain' }>): WishText {
  const led =
    leads.length === 0
      ? `Node ${node} leads no group that is seen from here; if it leads others it hands them over.`
      : `Node ${node} hands over the lead of ${namesText(leads)}.`;
  return {
    title: `Drain node ${node}`,
    happens: [
      led,
      'It takes no more joins and subscriptions. Its processes go on until they leave or are stopped.',
      'Undrain puts it into service again, and so does a new start of its daemon.',
    ],
    name: node,
    button: 'Drain',
    path: pathOf('drain', { node }),
    takesReason: false,
    isHarsh: false,
  };
}

function pathOf(action: string, query: Readonly<Record<string, string>>): string {
  return `api/${action}?${new URLSearchParams(query)}`;
}

/** What the program answers when it has done, or begun, what was wanted. */
export interface WishAnswer {
  readonly outcome: 'done' | 'approved' | 'rejected' | 'open';
  readonly proposer?: string;
  readonly position?: number;
  readonly causes?: readonly { readonly provider?: string; readonly code: string }[];
  readonly report?: DrainProgress;
}

export interface DrainProgress {
  readonly drained: boolean;
  readonly leads: number;
  readonly processes: number;
  readonly providers: number;
  readonly subscriptions: number;
  readonly waitsFor: readonly string[];
}

/** What became of it. */
export function outcomeText(wish: Wish, answer: WishAnswer, tookMs: number): string {
  const { outcome, position, proposer, causes = [], report } = answer;
  if (outcome === 'open') {
    return `It is proposed and has no result after ${durationText(tookMs)}: something else is voted on. It goes on; the page of the group shows when it is through.`;
  }
  if (outcome === 'rejected') {
    const who = causes.map(({ provider, code }) => provider ?? code);
    return `It was rejected${who.length === 0 ? '' : ` by ${namesText(who)}`}.`;
  }
  switch (wish.kind) {
    case 'expel':
      return `${wish.provider} was removed at position ${position ?? '?'}, as proposed by ${proposer ?? 'an operator'}.`;
    case 'reset':
      return `Group ${wish.group} was given up; the next join begins it anew.`;
    case 'forget':
      return `Node ${wish.node} is forgotten.`;
    case 'undrain':
      return `Node ${wish.node} is in service: it takes joins and leads.`;
    case 'drain':
      return report === undefined
        ? `Node ${wish.node} is being drained.`
        : drainedText(wish.node, report);
  }
}

/** How far it is; `gsctl nodes drain` counts the same. */
export function drainedText(node: string, report: DrainProgress): string {
  const { drained, leads, providers, subscriptions, waitsFor } = report;
  if (!drained) return `Node ${node} is in service again.`;
  if (leads + providers + subscriptions === 0) {
    return `Node ${node} is drained and empty: its daemon can be stopped.`;
  }
  const counts = [
    plural(leads, 'group led', 'groups led'),
    plural(providers, 'provider'),
    plural(subscriptions, 'subscription'),
  ];
  return `Still on ${node}: ${counts.join(', ')}. ${waitsFor.slice(0, 3).join('; ')}`;
}

export function isEmptied({ drained, leads, providers, subscriptions }: DrainProgress): boolean {
  return !drained || leads + providers + subscriptions === 0;
}
