import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Html, html, listItem, POLICY, page, row } from './page-html.ts';
import type { Pages } from './server.ts';
import type { Kernel, Site } from './site.ts';
import { sendReply } from './spoil.ts';
import type { Storage } from './storage.ts';
import type { Version } from './version.ts';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: under that a browser sends `Origin: null` with the form that stops a run.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** The end of a log is what one looks for; the whole of it is a link away through the bot. */
const LOG_SHOWN = 200_000;

/**
 * A plain stand-in of Kaggle's pages on the same address: what a link of a message opens, and the one place where a person
 * can stop a run.
 */
export function createPages(site: Site, storage: Storage, origin: () => string): Pages {
  return (request, response, target, body) => {
    const answer = (status: number, title: string, content: Html): void =>
      sendReply(response, { status, headers: HEADERS, body: page(title, content) });
    const missing = (): void => answer(404, 'Not here', html`<p>There is no such page on this stand-in of Kaggle.</p>`);
    const { pathname } = target;
    if (request.method === 'GET' && pathname === '/') return answer(200, 'Notebooks', kernelList(site));
    if (request.method === 'GET' && pathname === '/settings') return answer(200, 'Settings', SETTINGS);
    const match = /^\/code\/([^/]+)\/([^/]+)(?:\/(output|log|stop|download))?$/.exec(pathname);
    const kernel = site.kernels.get(`${match?.[1]}/${match?.[2]}`);
    const version = kernel === undefined ? undefined : versionAsked(kernel, target, body);
    if (kernel === undefined || version === undefined) return missing();
    if (match?.[3] === 'stop') return stop(request, response, kernel, version, body, origin());
    if (request.method !== 'GET') return missing();
    if (match?.[3] === 'download') return download(site, storage, response, version, target, missing);
    const view = match?.[3] ?? 'code';
    answer(200, kernel.title, kernelPage(kernel, version, view, target.searchParams.get('select')));
  };
}

function versionAsked(kernel: Kernel, target: URL, body: string): Version | undefined {
  const asked = target.searchParams.get('version') ?? new URLSearchParams(body).get('version');
  return asked === null ? kernel.versions.at(-1) : kernel.versions[Number(asked) - 1];
}

/** A form on another page is not to stop a run: browsers say where a form comes from. */
function stop(
  request: IncomingMessage,
  response: ServerResponse,
  kernel: Kernel,
  version: Version,
  body: string,
  origin: string,
): void {
  const { origin: from, host } = request.headers;
  const isOurs = from === origin || (from !== undefined && host !== undefined && from === `http://${host}`);
  if (request.method !== 'POST' || !isOurs || new URLSearchParams(body).get('version') === null) {
    const content = html`<p>A run is stopped with the button on its page.</p>`;
    sendReply(response, { status: 403, headers: HEADERS, body: page('Not stopped', content) });
    return;
  }
  if (!version.isOver && version.state !== 'CANCEL_REQUESTED') version.requestCancel();
  const back = `/code/${kernel.owner}/${kernel.slug}?version=${version.born.number}`;
  sendReply(response, { status: 303, headers: { Location: back }, body: '' });
}

function download(
  site: Site,
  storage: Storage,
  response: ServerResponse,
  version: Version,
  target: URL,
  missing: () => void,
): void {
  const name = target.searchParams.get('file') ?? '';
  if (!version.files.has(name)) {
    missing();
    return;
  }
  const address = storage.sign(version, name, site.clock.now());
  sendReply(response, { status: 302, headers: { Location: address, 'Cache-Control': 'no-store' }, body: '' });
}

const STATES: Readonly<Record<Version['state'], string>> = {
  QUEUED: 'Queued',
  RUNNING: 'Running',
  COMPLETE: 'Complete',
  ERROR: 'Error',
  CANCEL_REQUESTED: 'Stopping',
  CANCEL_ACKNOWLEDGED: 'Stopped',
  NEW_SCRIPT: 'Saved, not run',
};

const SETTINGS = html`<p>On Kaggle, this is where an API token is made. This stand-in has one account, and the playground links it by itself.</p>`;

function kernelList(site: Site): Html {
  const kernels = [...site.kernels.values()].sort((a, b) => b.id - a.id);
  if (kernels.length === 0) return html`<p>Nothing has been committed yet.</p>`;
  return html`<ul>${kernels.map((kernel) => {
    const newest = kernel.versions.at(-1);
    const state = newest === undefined ? '' : ` · version ${newest.born.number} · ${STATES[newest.state]}`;
    return listItem(`/code/${kernel.owner}/${kernel.slug}`, kernel.title, `${kernel.owner}/${kernel.slug}${state}`);
  })}</ul>`;
}

function kernelPage(kernel: Kernel, version: Version, view: string, select: string | null): Html {
  const base = `/code/${kernel.owner}/${kernel.slug}`;
  const query = `?version=${version.born.number}`;
  const tabs = [
    ['code', 'Notebook', base],
    ['output', 'Output', `${base}/output`],
    ['log', 'Log', `${base}/log`],
  ] as const;
  return html`
    <p class="about">${kernel.owner}/${kernel.slug} · ${kernel.isPrivate ? 'private' : 'public'} · ${kernel.kernelType}</p>
    <nav>${tabs.map(([name, label, path]) =>
      name === view
        ? html`<a href="${path}${query}" aria-current="page">${label}</a>`
        : html`<a href="${path}${query}">${label}</a>`,
    )}</nav>
    ${sessionTable(version)}
    ${version.isOver || version.state === 'CANCEL_REQUESTED' ? html`` : stopForm(base, version)}
    ${view === 'output' ? outputView(base, version, select) : view === 'log' ? logView(version) : sourceView(version)}
    <h2>Versions</h2>
    <ul>${kernel.versions.toReversed().map((one) => {
      const path = `${view === 'code' ? base : `${base}/${view}`}?version=${one.born.number}`;
      return listItem(path, `Version ${one.born.number}`, `${STATES[one.state]} · ${time(one.born.pushedAt)}`);
    })}</ul>`;
}

const time = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');

function sessionTable(version: Version): Html {
  const { born, startedAt, endedAt } = version;
  const asked = typeof born.settings.machineShape === 'string' ? born.settings.machineShape : 'CPU';
  const took = startedAt !== null && endedAt !== null ? `${Math.round((endedAt - startedAt) / 1_000)} s` : '';
  return html`<table>
    ${row('Version', String(born.number))}
    ${row('State', STATES[version.state])}
    ${version.failureMessage === null ? html`` : row('Message', version.failureMessage)}
    ${row('Accelerator', `${asked} asked for; this computer runs it on its CPU`)}
    ${row('Internet', born.settings.enableInternet === true ? 'on' : 'off')}
    ${row('Pushed', time(born.pushedAt))}
    ${startedAt === null ? html`` : row('Started', time(startedAt))}
    ${took === '' ? html`` : row('Took', took)}
    ${row('Time limit', `${Math.round(born.limitSeconds / 60)} min`)}
    ${row('Inputs', Object.values(born.attached).flat().join(', ') || 'none')}
  </table>`;
}

const stopForm = (base: string, version: Version): Html => html`
  <form method="post" action="${base}/stop">
    <input type="hidden" name="version" value="${version.born.number}">
    <button>Stop this run</button>
  </form>`;

function outputView(base: string, version: Version, select: string | null): Html {
  if (!version.isOver) return html`<h2>Output</h2><p>The files are shown when the run is over.</p>`;
  const files = [...version.files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (files.length === 0) return html`<h2>Output</h2><p>This version wrote no files.</p>`;
  return html`<h2>Output</h2><table>${files.map(
    ({ name, size }) => html`<tr${name === select ? html` class="selected"` : html``}>
      <th><a href="${base}/download?version=${version.born.number}&amp;file=${encodeURIComponent(name)}">${name}</a></th>
      <td>${size.toLocaleString('en')} bytes</td></tr>`,
  )}</table>`;
}

function logView(version: Version): Html {
  const text = version.log.map((chunk) => chunk.data).join('');
  const isCut = text.length > LOG_SHOWN;
  return html`<h2>Log</h2>
    ${isCut ? html`<p>The last ${LOG_SHOWN.toLocaleString('en')} signs.</p>` : html``}
    <pre>${text === '' ? 'Nothing yet.' : text.slice(-LOG_SHOWN)}</pre>`;
}

function sourceView(version: Version): Html {
  return html`<h2>Source</h2>${cellsOf(version).map((cell) => html`<pre class="${cell.kind}">${cell.text}</pre>`)}`;
}

function cellsOf(version: Version): { kind: string; text: string }[] {
  const { source, settings } = version.born;
  if (settings.kernelType !== 'notebook') return [{ kind: 'code', text: source }];
  try {
    const { cells } = JSON.parse(source) as { cells: { cell_type?: unknown; source?: unknown }[] };
    return cells.map((cell) => ({
      kind: cell.cell_type === 'code' ? 'code' : 'text',
      text: Array.isArray(cell.source) ? cell.source.join('') : String(cell.source ?? ''),
    }));
  } catch {
    return [{ kind: 'code', text: source }];
  }
}
