import { count, fileName, type OptionSpec, text } from '@group-services/runtime';
import type { Identity } from '@group-services/transport';
import { domainOf, factsText, readFacts, subjectOf } from '../certs/facts.js';
import {
  addRevoked,
  makeFolder,
  readAuthority,
  readText,
  writeAuthority,
  writeIssued,
  writeRevocationList,
} from '../certs/folder.js';
import { defineCommand } from '../command/define.js';
import { NODE, type OperandSpec } from '../command/operands.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import { printable } from '../printable.js';
import type { Report } from '../report.js';

/** Longer than any machine is used; a certificate without an end is never looked at again. */
const DAYS_MAX = 3650;

const isDomain = (value: string): boolean => value.length > 0 && value.length <= 255;

const out = {
  schema: fileName(),
  default: '.',
  description: 'the folder that is written to; made when it is missing',
  placeholder: 'DIR',
} as const satisfies OptionSpec;

const issueOptions = {
  out,
  ca: {
    schema: fileName(),
    optional: true,
    defaultText: 'that of --out',
    description: 'the folder with ca.crt and ca.key, when it is another one',
    placeholder: 'DIR',
  },
  domain: {
    schema: text('a domain name of 1 to 255 characters', isDomain),
    optional: true,
    defaultText: 'that of the authority',
    description: 'the domain, when the authority was not made by gsctl certs init',
    placeholder: 'NAME',
  },
  days: {
    schema: count({ min: 1, max: DAYS_MAX }),
    default: '365',
    description: 'how long it is valid',
    placeholder: 'DAYS',
  },
  host: {
    schema: text('a host name or IP address', (value) => /^[A-Za-z0-9.:_-]{1,253}$/u.test(value)),
    repeatable: true,
    default: [],
    description: 'a name or IP address by which it is reached, besides loopback',
    placeholder: 'HOST',
  },
} as const;

interface IssueConfig {
  readonly out: string;
  readonly ca: string | undefined;
  readonly domain: string | undefined;
  readonly days: number;
  readonly host: readonly string[];
}

/** Loaded when it is needed: it is larger than all the rest of gsctl. */
const library = () => import('@group-services/certificates');

export const certsInitCommand = defineCommand({
  words: 'certs init',
  description: 'make the authority of a domain: ca.crt and ca.key',
  details: 'An ECDSA P-256 key, good for ten years. One that is there is never replaced.',
  operands: {},
  options: {
    out,
    domain: {
      schema: text('a domain name of 1 to 255 characters', isDomain),
      default: 'default',
      description: 'the domain whose certificates it issues',
      placeholder: 'NAME',
    },
  },
  run: async ({ config: { domain, out: folder }, report }) => {
    const { makeAuthority } = await library();
    await makeFolder(folder);
    await writeAuthority(folder, await makeAuthority(domain));
    const lines = [
      `Made the authority of domain ${printable(domain)} in ${folder}: ca.crt and ca.key.`,
      'ca.crt goes to every machine of the domain (--tls-ca). ca.key stays here, where few can',
      'read it and best without a network: whoever has it is any node he likes. Keep a copy of it',
      'in a safe place; without it no certificate can be issued or taken back.',
    ];
    await report({ json: { domain, folder }, text: lines.join('\n') });
  },
});

const CLIENT = {
  placeholder: 'NAME',
  what: 'the name of a principal',
  fits: (name: string) => /^[A-Za-z0-9._-]{1,64}$/u.test(name),
  expected: 'the name of a principal has 1 to 64 characters of A-Z a-z 0-9 . _ -',
} as const satisfies OperandSpec;

export const certsIssueNodeCommand = defineCommand({
  words: 'certs issue node',
  description: 'issue the certificate of a node: NODE.crt and NODE.key',
  operands: { name: NODE },
  options: issueOptions,
  run: async ({ operands: { name }, config, report }) =>
    report(await issue(name, config, (domain) => ({ role: 'node', domain, name }))),
});

export const certsIssueNameServerCommand = defineCommand({
  words: 'certs issue name-server',
  description: 'issue that of the name server: name-server.crt and name-server.key',
  operands: {},
  options: issueOptions,
  run: async ({ config, report }) =>
    report(await issue('name-server', config, (domain) => ({ role: 'name-server', domain }))),
});

export const certsIssueClientCommand = defineCommand({
  words: 'certs issue client',
  description: 'issue the certificate of a process or operator: NAME.crt and NAME.key',
  operands: { name: CLIENT },
  options: issueOptions,
  run: async ({ operands: { name }, config, report }) =>
    report(await issue(name, config, (domain) => ({ role: 'client', domain, name }))),
});

export const certsRevokeCommand = defineCommand({
  words: 'certs revoke',
  description: 'take certificates back: writes ca.crl, for --tls-crl',
  details: 'Those taken back before stay in the list. Programs read it again when it changes.',
  operands: { files: { placeholder: 'FILE', what: 'a certificate', many: true } },
  options: { ca: { ...issueOptions.ca, optional: false, default: '.' } },
  run: async ({ operands: { files }, config: { ca }, report }) => {
    const { revocationList } = await library();
    const authority = await readAuthority(ca);
    const texts = await Promise.all(files.map(readText));
    for (const [index, text] of texts.entries()) readFacts(text, files[index] ?? '');
    const revoked = await addRevoked(ca, texts);
    const file = await writeRevocationList(ca, await revocationList(authority, revoked));
    const line = `${file} lists ${revoked.length}; give it to every program as --tls-crl. Links that stand live on.`;
    await report({ json: { file, revoked: revoked.length }, text: line });
  },
});

export const certsShowCommand = defineCommand({
  words: 'certs show',
  description: 'whom a certificate stands for, who issued it, and until when it is valid',
  operands: { file: { placeholder: 'FILE', what: 'a certificate' } },
  options: {},
  run: async ({ operands: { file }, report }) => {
    const facts = readFacts(await readText(file), file);
    await report({ json: facts, text: factsText(facts).split('\n').map(printable).join('\n') });
  },
});

async function issue(
  name: string,
  config: IssueConfig,
  identityIn: (domain: string) => Identity,
): Promise<Report> {
  const { issueCertificate } = await library();
  const folder = config.ca ?? config.out;
  const authority = await readAuthority(folder);
  const domain = config.domain ?? domainOf(authority.certificate, `${folder}/ca.crt`);
  if (domain === undefined) {
    const message = `${folder}/ca.crt does not say for which domain it is; give --domain`;
    throw new CommandFailure(EXIT_STATUS.misuse, message);
  }
  const identity = subjectOf(identityIn(domain));
  const made = await issueCertificate(authority, {
    ...identity,
    hosts: config.host,
    days: config.days,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT_STATUS.failed, `the authority in ${folder} is of no use: ${why}`);
  });
  await makeFolder(config.out);
  const files = await writeIssued(config.out, name, made);
  const facts = readFacts(made.certificate, files.certificate);
  const lines = [
    `${files.certificate} and ${files.key} stand for ${identity.uri},`,
    `at ${facts.hosts.join(', ')}, until ${facts.validUntil}.`,
  ];
  return { json: { ...files, ...facts }, text: lines.join('\n') };
}
