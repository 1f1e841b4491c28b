import { cpSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { assemble } from '../src/assemble.js';
import { baseOf } from '../src/base.js';
import { LICENCES_FILE, licences } from '../src/licences.js';
import { Links, slugOf } from '../src/links.js';
import { sections } from '../src/pages.js';
import { sequenceDiagram } from '../src/sequence-diagram.js';

// The documents of the repository as a site. They are copied under the addresses of their pages first; the
// playground is put beside them at the end, and by TypeDoc the reference of the libraries.
const site = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(site, '../..');
const all = sections(root);
const pages = all.flatMap((section) => section.pages);
assemble(root, pages, join(site, 'dist', 'pages'));
const links = new Links(root, pages);
/** Where on its host the site will stand. */
const base = baseOf(process.env['SITE_BASE']);

const sidebar: DefaultTheme.SidebarItem[] = all.map(({ title, pages: own, isCollapsed }) => ({
  text: title,
  collapsed: isCollapsed ?? false,
  items: own.map(({ title: text, path }) => ({ text, link: `/${path}` })),
}));

export default defineConfig({
  title: 'Group Services',
  description: 'Named groups of processes that see the same members, messages and state.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', href: `${base}mark.svg` }]],
  srcDir: 'dist/pages',
  outDir: 'dist/site',
  cacheDir: 'node_modules/.cache/vitepress',
  cleanUrls: false,
  lastUpdated: false,
  ignoreDeadLinks: [/^\/(playground|api)\//],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: 'Start', link: '/start/getting-started' },
      { text: 'Cookbook', link: '/start/cookbook' },
      { text: 'Reference', link: '/api/index.html', target: '_self' },
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
    ],
    footer: {
      message: `These pages carry <a href="${base}${LICENCES_FILE}">libraries of others</a>.`,
    },
    socialLinks: [{ icon: 'github', link: 'https://github.com/group-services/group-services' }],
  },
  // A page more or less of bytes is not worth a minute of building.
  vite: {
    logLevel: 'warn',
    plugins: [licences()],
    build: {
      minify: false,
      reportCompressedSize: false,
      // What is left out of the libraries is less than what it takes to find out.
      rollupOptions: { treeshake: false },
    },
  },
  markdown: {
    anchor: { slugify: slugOf },
    config: (md) => {
      // Documents are plain Markdown: what looks like markup is text.
      md.set({ html: false });
      md.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
        const path = String(env.relativePath).replace(/\.md$/, '');
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const name = token.type === 'image' ? 'src' : 'href';
          const target = token.attrGet(name);
          if (target !== null) token.attrSet(name, links.resolve(path, target));
        }
      });
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const token = tokens[index];
        if (token?.info.trim() === 'mermaid') return sequenceDiagram(token.content);
        return fence?.(tokens, index, ...rest) ?? '';
      };
    },
  },
  buildEnd: ({ outDir }) => {
    cpSync(join(root, 'apps', 'playground', 'dist'), join(outDir, 'playground'), {
      recursive: true,
    });
  },
});
