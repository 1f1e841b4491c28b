import type { ComponentChildren } from 'preact';
import { ChartsPage } from './pages/charts-page.js';
import { DomainPage } from './pages/domain-page.js';
import { GroupPage } from './pages/group-page.js';
import { NameServerPage } from './pages/name-server-page.js';
import { TimelinePage } from './pages/timeline-page.js';
import { ConnectionPill } from './parts/connection-pill.js';
import { SignIn, SignInButton } from './parts/sign-in.js';
import { WishDialog } from './parts/wish-dialog.js';
import { linkTo, type Route, route } from './route.js';
import { connection, isSignedOut, program } from './store.js';

/** The frame around every page: where one is, and whether what is shown is still true. */
export function App() {
  const isStale = connection.value.kind === 'lost';
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Header />
      <main id="content" tabIndex={-1} class={isStale ? 'stale' : ''}>
        <Lost />
        {isSignedOut.value ? <SignIn /> : <Page />}
      </main>
      <WishDialog />
      <Footer />
    </>
  );
}

function Header() {
  const known = program.value;
  const domain = known?.status.domain ?? '…';
  const name = known?.kind === 'daemon' ? known.status.node : 'name server';
  return (
    <header class="top">
      <a class="brand" href={linkTo('domain')}>
        <img src="./mark.svg" alt="" width="30" height="30" />
        <span class="brand-text">
          <strong>{domain}</strong>
          <span>{known === undefined ? 'Group Services' : `seen from ${name}`}</span>
        </span>
      </a>
      <nav aria-label="Pages">
        <Tab page="domain">Domain</Tab>
        <Tab page="timeline">Timeline</Tab>
        <Tab page="charts">Charts</Tab>
      </nav>
      <div class="top-end">
        <ConnectionPill />
        <SignInButton />
      </div>
    </header>
  );
}

function Tab({ page, children }: { page: Route['page']; children: ComponentChildren }) {
  const { page: shown } = route.value;
  const isHere = shown === page || (page === 'domain' && shown === 'group');
  return (
    <a href={linkTo(page)} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

function Page() {
  const { page, group } = route.value;
  const known = program.value;
  if (known === undefined) return <p class="quiet loading">Asking the program…</p>;
  if (page === 'timeline') return <TimelinePage group={group} />;
  if (page === 'charts') return <ChartsPage />;
  if (known.kind === 'name-server') return <NameServerPage known={known} group={group} />;
  if (page === 'group') return <GroupPage name={group} known={known} />;
  return <DomainPage known={known} />;
}

function Lost() {
  const state = connection.value;
  if (state.kind !== 'lost') return null;
  const known = program.value;
  const what =
    known?.kind === 'daemon'
      ? `The daemon of ${known.status.node}`
      : 'The program behind this page';
  return (
    <div class="banner bad" role="alert">
      <strong>{what} is lost.</strong> {capital(state.why)}. What is shown is from before; this page
      goes on by itself as soon as it answers.
    </div>
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function Footer() {
  const known = program.value;
  if (known === undefined) return null;
  const { status, kind } = known;
  const what = kind === 'daemon' ? 'gsd' : 'gsns';
  return (
    <footer class="quiet">
      {what} {status.version}, process {status.pid}. Everything here comes from this program alone,
      which carries <a href="licences.txt">libraries of others</a>.
    </footer>
  );
}
