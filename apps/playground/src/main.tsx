import { render } from 'preact';
import './styles/colours.css';
import './styles/page.css';
import './styles/map.css';
import './styles/story.css';
import './styles/lanes.css';
import { Player } from './player.js';
import { readLink } from './stage/run-link.js';
import { Page } from './view/page.js';

/** The page: a player with the run that the link names, or a new one, and everything that shows it. */
const player = new Player();
player.open(readLink(location.hash) ?? { seed: 1, daemons: 3, actions: [], at: 0 }, 'as linked');

// A link that is pasted into an open page is another run.
addEventListener('hashchange', () => {
  const linked = readLink(location.hash);
  if (linked !== undefined && location.hash !== player.written) player.open(linked, 'as linked');
});

let before: number | undefined;
function frame(at: number): void {
  // A tab that was in the background does not catch up.
  player.tick(Math.min(100, at - (before ?? at)));
  before = at;
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);

const root = document.querySelector('#playground');
if (root !== null) render(<Page player={player} />, root);
