import { readdirSync, readFileSync } from 'node:fs';
import { loadConfig } from '@group-services/runtime';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { program } from './config.js';

// What is in `deploy` is not run here; whatever can be said of it by reading is.

const folder = new URL('../../../deploy/', import.meta.url);

function filesOf(kind: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => kind.test(file))
    .sort();
}

function read(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

function documents(file: string): Record<string, unknown>[] {
  return parseAllDocuments(read(file), { merge: true }).map((document) => {
    expect([file, ...document.errors, ...document.warnings]).toEqual([file]);
    return document.toJS() as Record<string, unknown>;
  });
}

/** Everything below a value that is named so. */
function found(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(key === name ? [each] : []),
    ...found(each, name),
  ]);
}

/** The mistakes in a command line of gsd in a container, whose variables are set. */
function mistakesIn(args: readonly string[]): unknown {
  const argv = args.map((one) =>
    one.replaceAll('$(NODE_NAME)', 'n1').replaceAll('$(POD_IP)', '10.0.0.1'),
  );
  const loaded = loadConfig(program, { argv, env: {} });
  return loaded.ok ? [] : loaded.mistakes;
}

describe('YAML files', () => {
  it.each(filesOf(/\.ya?ml$/u))('%s can be read', (file) => {
    expect(documents(file).length).toBeGreaterThan(0);
  });
});

describe('Dockerfiles', () => {
  it.each(filesOf(/Dockerfile$/u))('%s has no mistake, and runs as nobody special', (file) => {
    const content = read(file);
    expect(validate(content).map(({ message }) => message)).toEqual([]);
    const last = content.slice(content.lastIndexOf('FROM '));
    expect(last).toMatch(/^USER node$/mu);
    expect(last).toMatch(/^HEALTHCHECK /mu);
    expect(last).toMatch(/^ENTRYPOINT \["gs(d|ns)"\]$/mu);
  });
});

describe('units', () => {
  it.each(filesOf(/\.service$/u))('%s is hardened, and tells systemd how it is', (file) => {
    const lines = read(file)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) expect(line).toMatch(/^(\[(Unit|Service|Install)\]|[A-Z]\w+=.*)$/u);
    for (const wanted of [
      'Type=notify',
      'NotifyAccess=all',
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'LimitNOFILE=65536',
      'Restart=always',
    ]) {
      expect(lines).toContain(wanted);
    }
    expect(lines.join('\n')).toMatch(/^WatchdogSec=/mu);
    expect(lines.join('\n')).toMatch(/^(DynamicUser=yes|User=group-services)$/mu);
  });
});

describe('the compose file', () => {
  it('starts daemons with options that exist', () => {
    const [compose] = documents('compose/compose.yaml');
    const services = Object.entries(compose?.['services'] ?? {}) as [
      string,
      { command?: string[] },
    ][];
    const daemons = services.filter(([name]) => name !== 'gsns');
    expect(daemons.map(([name]) => name)).toEqual(['n1', 'n2', 'n3']);
    for (const [, { command = [] }] of daemons) expect(mistakesIn(command)).toEqual([]);
  });
});

describe('the manifests of Kubernetes', () => {
  const files = filesOf(/^kubernetes\//u);
  const all = files.flatMap(documents);

  it('are a daemon set, a stateful set and what guards them', () => {
    const kinds = all.map(({ kind }) => kind).sort();
    expect(kinds).toEqual([
      'DaemonSet',
      'Namespace',
      'NetworkPolicy',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'StatefulSet',
    ]);
    for (const one of all) expect(found(one, 'name').length).toBeGreaterThan(0);
  });

  it('select the pods that they make, and start gsd with options that exist', () => {
    const set = all.find(({ kind }) => kind === 'DaemonSet');
    const [selector] = found(set, 'matchLabels');
    expect(found(set, 'labels')).toContainEqual(selector);
    const [args] = found(set, 'args') as string[][];
    expect(mistakesIn(args ?? [])).toEqual([]);
    const [hostPath] = found(set, 'hostPath');
    expect(hostPath).toMatchObject({ path: '/run/group-services' });
  });

  it('run without rights that they do not need', () => {
    for (const set of all.filter(({ kind }) => kind === 'DaemonSet' || kind === 'StatefulSet')) {
      const [containers] = found(set, 'containers') as { securityContext: object }[][];
      for (const { securityContext } of containers ?? []) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });
});
