import { isNodeName } from '@group-services/core';

/** One place of the command line behind the words of the command. */
export interface OperandSpec {
  /** What stands for it in the help. */
  readonly placeholder: string;
  /** For the message that it is missing: `the name of a group`. */
  readonly what: string;
  /** Whether a text can be one; without it every text can. */
  readonly fits?: (text: string) => boolean;
  /** What fits, as a whole sentence without its full stop. */
  readonly expected?: string;
  /** One or more; the last place only. */
  readonly many?: boolean;
  /** May be missing; behind the others. */
  readonly optional?: boolean;
}

/** Operands by their name in code, in the order of the command line. */
export type OperandTable = Readonly<Record<string, OperandSpec>>;

export type OperandsOf<Operands extends OperandTable> = {
  readonly [Name in keyof Operands]: Operands[Name] extends { readonly many: true }
    ? readonly string[]
    : Operands[Name] extends { readonly optional: true }
      ? string | undefined
      : string;
};

export const GROUP = {
  placeholder: 'NAME',
  what: 'the name of a group',
  fits: isGroupName,
  expected: 'a group name has 1 to 255 bytes of UTF-8 without control characters',
} as const satisfies OperandSpec;

export const NODE = {
  placeholder: 'NODE',
  what: 'the name of a node',
  fits: isNodeName,
  expected: 'a node name has 1 to 64 characters of A-Z a-z 0-9 . _ -',
} as const satisfies OperandSpec;

/** `NAME ID...`, as the help shows it. */
export function operandsForm(table: OperandTable): string {
  return Object.values(table)
    .map(({ placeholder, many, optional }) => {
      const form = many === true ? `${placeholder}...` : placeholder;
      return optional === true ? `[${form}]` : form;
    })
    .join(' ');
}

/** The operands by name, or what is wrong with them. */
export type ReadOperands =
  | { readonly ok: true; readonly operands: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string };

/** `form`: how the command is called, for the message. */
export function readOperands(
  table: OperandTable,
  texts: readonly string[],
  form: string,
): ReadOperands {
  const operands: Record<string, unknown> = {};
  let rest = texts;
  for (const [name, spec] of Object.entries(table)) {
    const taken = spec.many === true ? rest : rest.slice(0, 1);
    rest = rest.slice(taken.length);
    if (taken.length === 0 && spec.optional !== true) {
      return wrong(`${spec.what} is missing; the form is: ${form}`);
    }
    if (!taken.every((text) => spec.fits?.(text) ?? true)) {
      return wrong(spec.expected ?? `${spec.what} is expected; the form is: ${form}`);
    }
    operands[name] = spec.many === true ? taken : taken[0];
  }
  const [extra] = rest;
  if (extra === undefined) return { ok: true, operands };
  return wrong(`unexpected argument ${JSON.stringify(extra)}; the form is: ${form}`);
}

function wrong(problem: string): ReadOperands {
  return { ok: false, problem };
}

function isGroupName(text: string): boolean {
  const bytes = Buffer.byteLength(text);
  return bytes >= 1 && bytes <= 255 && !/\p{Cc}/u.test(text);
}
