import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Which documents of the repository become pages, under which address, and how they are put in order. What
 * is not listed here is no page; a link to it leads to the repository.
 */
export interface Page {
  /** Below the root of the repository. */
  readonly source: string;
  /** Address without ending. */
  readonly path: string;
  /** In the list at the side. */
  readonly title: string;
}

export interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
  readonly isCollapsed?: boolean;
}

function page(source: string, path: string, title: string): Page {
  return { source, path, title };
}

/** All pages but the first, which is no document, in the order in which they are read. */
export function sections(root: string): readonly Section[] {
  const chosen = [...inOrder(), { title: 'Decisions', isCollapsed: true, pages: decisions(root) }];
  const known = new Set(chosen.flatMap(({ pages }) => pages.map(({ source }) => source)));
  const rest = documentsBelow(root, 'docs').filter((source) => !known.has(source));
  const more = rest.map((source) =>
    page(source, `more/${basename(source, '.md').toLowerCase()}`, headingOf(root, source)),
  );
  return more.length === 0
    ? chosen
    : [...chosen, { title: 'More', isCollapsed: true, pages: more }];
}

function inOrder(): readonly Section[] {
  return [
    {
      title: 'Start',
      pages: [
        page('docs/GETTING-STARTED.md', 'start/getting-started', 'Getting started'),
        page('docs/CONCEPTS.md', 'start/concepts', 'Concepts in ten minutes'),
        page('docs/COOKBOOK.md', 'start/cookbook', 'Cookbook'),
        page('docs/LIMITS.md', 'start/limits', 'Limits and promises'),
      ],
    },
    {
      title: 'Coming from',
      pages: [
        page('docs/coming-from/zookeeper.md', 'coming-from/zookeeper', 'ZooKeeper'),
        page('docs/coming-from/etcd.md', 'coming-from/etcd', 'etcd'),
        page('docs/coming-from/jgroups.md', 'coming-from/jgroups', 'JGroups'),
        page('docs/coming-from/corosync.md', 'coming-from/corosync', 'corosync'),
        page('docs/coming-from/redis-locks.md', 'coming-from/redis-locks', 'Redis locks'),
      ],
    },
    {
      title: 'Libraries',
      pages: [
        page('packages/client/README.md', 'libraries/client', 'Client'),
        page('docs/protocol/client-api.md', 'libraries/contract', 'The client’s contract'),
        page('packages/recipes/README.md', 'libraries/recipes', 'Recipes'),
        page('packages/testing/README.md', 'libraries/testing', 'A domain in your tests'),
        page('apps/create/README.md', 'libraries/create', 'A new project'),
      ],
    },
    {
      title: 'Operate',
      pages: [
        page('docs/OPERATIONS.md', 'operate/operations', 'Operations'),
        page('docs/NAME-SERVERS.md', 'operate/name-servers', 'More than one name server'),
        page('docs/SECURITY.md', 'operate/security', 'Security'),
        page('docs/protocol/command-line.md', 'operate/command-line', 'Command line'),
        page('docs/options/gsd.md', 'operate/gsd', 'Options of gsd'),
        page('docs/options/gsns.md', 'operate/gsns', 'Options of gsns'),
      ],
    },
    {
      title: 'Inside',
      isCollapsed: true,
      pages: [
        page('docs/ARCHITECTURE.md', 'inside/architecture', 'Architecture'),
        page('docs/CORRECTNESS.md', 'inside/correctness', 'Correctness'),
        page('docs/PERFORMANCE.md', 'inside/performance', 'How fast it is'),
        page('docs/SCALE.md', 'inside/scale', 'How it grows'),
        page('docs/protocol/internal-layer.md', 'inside/internal-layer', 'Internal layer'),
        page('docs/protocol/external-layer.md', 'inside/external-layer', 'External layer'),
        page('docs/protocol/features.md', 'inside/features', 'Features'),
        page('docs/WIRE.md', 'inside/wire', 'Wire format'),
        page('docs/TESTING.md', 'inside/testing', 'Tests'),
        page('docs/GLOSSARY.md', 'inside/glossary', 'Glossary'),
        page('CONTRIBUTING.md', 'inside/contributing', 'Contributing'),
      ],
    },
  ];
}

/** The records of decisions, by number. */
function decisions(root: string): readonly Page[] {
  return documentsBelow(root, 'docs/adr').map((source) => {
    const name = basename(source, '.md');
    const title = headingOf(root, source).replace(/^(?:ADR )?\d{4}[:.]? */, '');
    return page(source, `decisions/${name}`, `${name.slice(0, 4)} ${title}`);
  });
}

/** What nobody has put in order is a page all the same. */
function documentsBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return documentsBelow(root, path);
      return path.endsWith('.md') ? [path] : [];
    })
    .sort();
}

function headingOf(root: string, source: string): string {
  const text = readFileSync(join(root, source), 'utf8');
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? basename(source, '.md');
}
