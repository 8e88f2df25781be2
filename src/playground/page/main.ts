import { html } from 'htm/preact';
import { render } from 'preact';
import { App } from './app.ts';
import { moon } from './icons.ts';
import { Store } from './store.ts';
import { Wire } from './wire.ts';

const KEPT = 'nightshift.key';
const WRONG_KEY = 'This address lacks the right key. The terminal in which npm start runs printed the whole address.';

/**
 * The key from the printed address. It is taken out of the visible address, so that a shared screen or a bookmark does not carry it,
 * and kept for this tab only; a reload finds it there.
 */
function takeKey(): string | null {
  const given = location.hash.slice(1) || new URLSearchParams(location.search).get('key');
  if (given !== null && given !== '') {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, '', '/');
  }
  return sessionStorage.getItem(KEPT);
}

function showSentence(place: Element, sentence: string): void {
  render(html`<main class="sentence" role="alert">${moon(64)}<p>${sentence}</p></main>`, place);
}

async function start(place: Element): Promise<void> {
  const key = takeKey();
  if (key === null || !/^[\w-]+$/.test(key)) return showSentence(place, WRONG_KEY);
  const wire = new Wire(key);
  let store: Store | null = null;
  const end = await wire.listen(
    (event) => {
      if (store !== null) {
        store.see(event);
      } else if (event.type === 'state') {
        store = new Store(wire, event.state);
        render(html`<${App} store=${store} />`, place);
      }
    },
    (connected) => store?.setConnected(connected),
  );
  if (end === 'refused') {
    sessionStorage.removeItem(KEPT);
    showSentence(place, WRONG_KEY);
  }
}

const place = document.getElementById('page');
if (place !== null) {
  // Another printed address pasted into this tab changes the fragment only.
  addEventListener('hashchange', () => location.hash.length > 1 && location.reload());
  void start(place);
}
