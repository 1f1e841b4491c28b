/**
 * Who may do what in which group, as an operator's file says it. Of the rules that name the principal and
 * the group the first decides; where none does, nothing is allowed. Without a file everything is.
 */

/** What can be permitted. */
export const ACTIONS = [
  'subscribe',
  'provide',
  'send',
  'state',
  'attributes',
  'expel',
  'barrier',
  'list',
  'operate',
] as const;

export type Action = (typeof ACTIONS)[number];

/** Names may hold `*`, which stands for any text. */
export interface PermissionRule {
  readonly principals: readonly string[];
  readonly groups: readonly string[];
  readonly allow: readonly Action[];
}

/** The rules in force, and the file that has to be changed for others. */
export interface PermissionFile {
  readonly file: string;
  readonly rules: readonly PermissionRule[];
}

const EVERYTHING: ReadonlySet<Action> = new Set(ACTIONS);
const NOTHING: ReadonlySet<Action> = new Set();

export class Permissions {
  readonly #file: PermissionFile | undefined;
  readonly #rules: readonly (PermissionRule & { readonly actions: ReadonlySet<Action> })[];

  constructor(file: PermissionFile | undefined) {
    this.#file = file;
    this.#rules = (file?.rules ?? []).map((rule) => ({ ...rule, actions: new Set(rule.allow) }));
  }

  /** What a principal may do in a group. */
  actions(principal: string, group: string): ReadonlySet<Action> {
    if (this.#file === undefined) return EVERYTHING;
    const rule = this.#rules.find(
      (one) => names(one.principals, principal) && names(one.groups, group),
    );
    return rule?.actions ?? NOTHING;
  }

  /** Whether it may do something that concerns no group: the first rule for all groups decides. */
  allowsEverywhere(principal: string, action: Action): boolean {
    if (this.#file === undefined) return true;
    const isOfAll = (one: PermissionRule): boolean => one.groups.includes('*');
    const rule = this.#rules.find((one) => names(one.principals, principal) && isOfAll(one));
    return rule?.actions.has(action) ?? false;
  }

  /** Whether there is any group in which it may do this. */
  allowsSomewhere(principal: string, action: Action): boolean {
    if (this.#file === undefined) return true;
    return this.#rules.some((one) => names(one.principals, principal) && one.actions.has(action));
  }

  /** Why something is denied, and what would have to change. */
  denial(principal: string, action: Action, group: string | undefined): string {
    const where = group === undefined ? '' : ` in group ${group}`;
    return `principal ${principal} may not ${action}${where}: no rule of ${this.#file?.file} allows it`;
  }
}

function names(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

/** Whether a text fits a pattern; each `*` is tried from the left, so that the work stays small. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.endsWith(last) && text.length - last.length >= at;
}
